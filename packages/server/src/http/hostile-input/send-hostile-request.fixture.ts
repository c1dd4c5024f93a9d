import type { Socket } from 'node:net';
import { hasErrnoCode } from '../../errors/has-errno-code.ts';
import { openSocket } from '../../testing/raw-request.fixture.ts';
import { type HostileRequest, isAbandoned } from './hostile-request.fixture.ts';
import { parseAnswers, type ParsedAnswers } from './parse-answers.fixture.ts';

export interface Outcome extends ParsedAnswers {
  /** The server dropped the connection, so that an answer may have been lost. */
  readonly wasReset: boolean;
  /** Nothing happened for longer than anything may take. */
  readonly isHanging: boolean;
}

interface Target {
  readonly host: string;
  readonly port: number;
  /** Resolves when the server has had time for what it got before. */
  readonly probe: () => Promise<unknown>;
}

/** Far beyond every time-out of the server under test. */
const HANGING_AFTER_MS = 20_000;

/** Sends a request on a connection of its own and returns all that came back. */
export async function sendHostileRequest(
  target: Target,
  request: HostileRequest,
): Promise<Outcome> {
  const socket = await openSocket(target);
  socket.setNoDelay(true);
  const received: Buffer[] = [];
  let wasReset = false;
  let isHanging = false;
  socket.setTimeout(HANGING_AFTER_MS, () => {
    isHanging = true;
    socket.destroy();
  });
  const closed = new Promise<void>((resolve) => socket.once('close', resolve));
  socket.on('error', (error) => {
    wasReset ||= hasErrnoCode(error, 'ECONNRESET') || hasErrnoCode(error, 'EPIPE');
  });
  const begun = new Promise<void>((resolve) => {
    socket.once('data', () => {
      resolve();
    });
  });
  const answered = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk);
      if (parseAnswers(Buffer.concat(received), request).answers.length >= (request.answers ?? 1)) {
        resolve();
      }
    });
  });

  for (const piece of request.pieces) {
    await Promise.race([write(socket, piece), closed]);
  }
  if (request.ending === 'reset-late') await Promise.race([begun, closed]);
  if (isAbandoned(request)) socket.resetAndDestroy();
  if (request.ending === 'answers') {
    await Promise.race([answered, closed]);
    socket.destroy();
  }
  if (request.ending === 'quiet') {
    await Promise.race([answered, closed, target.probe()]);
    socket.end();
  }
  await closed;
  return { ...parseAnswers(Buffer.concat(received), request), wasReset, isHanging };
}

/** Resolves when the bytes have left, or cannot. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    socket.write(bytes, () => {
      resolve();
    });
  });
}
