import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { toErrorEnvelope } from './error-responses.ts';

/** Node's codes for requests that never became one, and what they are answered with. */
const RESPONSES: Record<string, { status: string; code: string; message: string }> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'headers_too_large',
    message: 'The request headers are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    code: 'request_timeout',
    message: 'The request did not arrive in time.',
  },
};

const MALFORMED = {
  status: '400 Bad Request',
  code: 'bad_request',
  message: 'The request is malformed.',
};

export interface ClientErrors {
  /** Has to see every request of the server. */
  readonly track: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * Answers bytes that are no HTTP request with the same envelope as everything else, then hangs up.
   * In the middle of an answer it only hangs up: the envelope would become a part of that.
   */
  readonly answer: (error: NodeJS.ErrnoException, socket: Socket) => void;
}

export function createClientErrors(): ClientErrors {
  const responses = new WeakMap<Socket, Set<ServerResponse>>();

  function isAnswering(socket: Socket): boolean {
    // Answers that still wait for their turn have no socket.
    return [...(responses.get(socket) ?? [])].some(
      (response) =>
        response.socket === socket && response.headersSent && !response.writableFinished,
    );
  }

  return {
    track({ socket }, response) {
      const ofSocket = responses.get(socket) ?? new Set();
      responses.set(socket, ofSocket.add(response));
      response.once('close', () => ofSocket.delete(response));
    },

    answer(error, socket) {
      if (error.code !== 'ECONNRESET' && socket.writable && !isAnswering(socket)) {
        socket.write(formatAnswer(error.code));
      }
      socket.destroy();
    },
  };
}

function formatAnswer(errorCode = ''): string {
  const { status, ...response } = RESPONSES[errorCode] ?? MALFORMED;
  const body = toErrorEnvelope(response);
  return (
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  );
}
