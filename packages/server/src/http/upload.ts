import type { FastifyInstance, FastifyReply } from 'fastify';
import { LarderError } from '../errors/larder-error.ts';
import { readBody, uploadAborted } from './body-reader.ts';

export interface UploadLimits {
  maxArtifactSizeBytes: number;
  /** Longest wait for the next byte. */
  uploadStallTimeoutMs: number;
}

/** The body of an upload that has not been read yet. */
export interface Upload {
  sizeBytes: number;
  body: AsyncIterable<Uint8Array>;
  /** Aborted when the connection ends before the upload was answered. */
  signal: AbortSignal;
}

/** Leaves the bodies of this scope unread whatever they call themselves: see {@link openUpload}. */
export function leaveBodiesUnread(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _payload, done) => {
    done(null);
  });
  // What is left of an upload that failed stands before the next request of the connection.
  scope.addHook('onResponse', (request, _reply, done) => {
    request.raw.resume();
    done();
  });
}

/**
 * Opens the body of the upload that `reply` will answer. Iterating fails with
 * `LARDER_SERVER_UPLOAD_STALLED` when no byte comes for too long and with
 * `LARDER_SERVER_UPLOAD_ABORTED` when the client goes away. Stopping early leaves the connection
 * alone, so that the client can still be answered.
 *
 * @throws LarderError `LARDER_SERVER_UPLOAD_LENGTH_REQUIRED`, `LARDER_SERVER_UPLOAD_TOO_LARGE`.
 */
export function openUpload(reply: FastifyReply, limits: UploadLimits): Upload {
  const request = reply.request.raw;
  const length = request.headers['content-length'];
  if (length === undefined) {
    throw new LarderError(
      'LARDER_SERVER_UPLOAD_LENGTH_REQUIRED',
      'An upload must say its length in advance.',
      { hint: 'Send a Content-Length header instead of a chunked body.' },
    );
  }
  const sizeBytes = Number(length);
  if (sizeBytes > limits.maxArtifactSizeBytes) {
    throw new LarderError(
      'LARDER_SERVER_UPLOAD_TOO_LARGE',
      `The artifact has ${sizeBytes} bytes; at most ${limits.maxArtifactSizeBytes} are accepted.`,
      {
        hint: 'Raise maxArtifactSizeBytes, maxStoreSizeBytes or maxTeamSizeBytes of the server, or make the outputs of the task smaller.',
      },
    );
  }
  return {
    sizeBytes,
    body: readBody(request, limits.uploadStallTimeoutMs),
    signal: signalOfConnection(reply),
  };
}

function signalOfConnection({ raw: response }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(uploadAborted());
  });
  return controller.signal;
}
