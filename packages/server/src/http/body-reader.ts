import type { Readable } from 'node:stream';
import { LarderError } from '../errors/larder-error.ts';

/** Bytes that may wait for whoever reads. Beyond them the client is held back. */
const MAX_WAITING_BYTES = 256 * 1024;

interface Waiting {
  resolve: (result: IteratorResult<Uint8Array, undefined>) => void;
  reject: (reason: unknown) => void;
}

/**
 * Reads the body of a request in the pieces in which it arrives. Fails with
 * `LARDER_SERVER_UPLOAD_STALLED` when no byte comes for too long while one is waited for, and with
 * `LARDER_SERVER_UPLOAD_ABORTED` when the client goes away. Stopping early leaves the request alone.
 *
 * The iterator of a stream itself asks it for all that has arrived, which the stream then copies into
 * one piece, and a deadline for each piece would be a timer for each.
 */
export function readBody(request: Readable, stallTimeoutMs: number): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => iterateBody(request, stallTimeoutMs) };
}

function iterateBody(
  request: Readable,
  stallTimeoutMs: number,
): AsyncIterator<Uint8Array, undefined> {
  const pieces: Uint8Array[] = [];
  let waitingBytes = 0;
  let waiting: Waiting | null = null;
  let end: { error: LarderError | null } | null = null;
  let hasBegun = false;

  const timer = setTimeout(() => {
    if (waiting !== null) finish(uploadStalled(stallTimeoutMs));
  }, stallTimeoutMs);

  function onData(piece: Uint8Array): void {
    if (waiting !== null) {
      const { resolve } = waiting;
      waiting = null;
      resolve({ done: false, value: piece });
      return;
    }
    pieces.push(piece);
    waitingBytes += piece.byteLength;
    if (waitingBytes >= MAX_WAITING_BYTES) request.pause();
  }
  const onEnd = () => {
    finish(null);
  };
  const onGone = (cause?: unknown) => {
    finish(uploadAborted(cause));
  };

  function begin(): void {
    hasBegun = true;
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
    if (request.readableEnded) onEnd();
    else if (request.destroyed) onGone(request.errored ?? undefined);
  }

  function finish(error: LarderError | null): void {
    if (end !== null) return;
    end = { error };
    clearTimeout(timer);
    request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    // Without a listener it would go on, into nowhere, and faster than the answer to the client.
    if (!request.readableEnded) request.pause();
    const { resolve, reject } = waiting ?? {};
    waiting = null;
    if (error === null) resolve?.({ done: true, value: undefined });
    else reject?.(error);
  }

  function takePiece(): Uint8Array | undefined {
    const piece = pieces.shift();
    if (piece === undefined) return undefined;
    const wasFull = waitingBytes >= MAX_WAITING_BYTES;
    waitingBytes -= piece.byteLength;
    if (wasFull && waitingBytes < MAX_WAITING_BYTES && end === null) request.resume();
    return piece;
  }

  return {
    next() {
      if (!hasBegun) begin();
      const piece = takePiece();
      if (piece !== undefined) return Promise.resolve({ done: false, value: piece });
      if (end?.error) return Promise.reject(end.error);
      if (end !== null) return Promise.resolve({ done: true, value: undefined });
      timer.refresh();
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
      });
    },
    return() {
      finish(null);
      pieces.length = 0;
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

/** What reading fails with when the connection ends before the body did. */
export function uploadAborted(cause?: unknown): LarderError {
  return new LarderError('LARDER_SERVER_UPLOAD_ABORTED', 'The client stopped in the middle.', {
    hint: 'Send the whole artifact again.',
    cause,
  });
}

function uploadStalled(stallTimeoutMs: number): LarderError {
  return new LarderError(
    'LARDER_SERVER_UPLOAD_STALLED',
    `No byte of the artifact arrived for ${stallTimeoutMs} ms.`,
    { hint: 'Check the network between client and server, then send the artifact again.' },
  );
}
