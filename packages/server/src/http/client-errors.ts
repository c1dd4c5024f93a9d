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

/** Answers bytes that are no HTTP request with the same envelope as everything else, then hangs up. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable) {
    const { status, ...response } = RESPONSES[error.code ?? ''] ?? MALFORMED;
    const body = toErrorEnvelope(response);
    socket.write(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy();
}
