// The one place where errors become HTTP.
import type { ServerErrorCode } from '../errors/error-codes.ts';
import { isLarderError } from '../errors/larder-error.ts';

/** What a failed request is answered with. */
export interface ErrorResponse {
  status: number;
  /** Stable word for programs, the `error.code` of the envelope. */
  code: string;
  message: string;
  /** Whether the connection is of no more use, because its request was not read to its end. */
  shouldClose: boolean;
}

/**
 * 401 rather than 403 for unknown tokens, and `forbidden` for known ones that may not write:
 * Turborepo then goes on reading. Errors that cannot happen while serving are left to the 500.
 */
const RESPONSES: Partial<Record<ServerErrorCode, { status: number; code: string }>> = {
  LARDER_SERVER_REQUEST_INVALID: { status: 400, code: 'bad_request' },
  LARDER_SERVER_REQUEST_UNAUTHORIZED: { status: 401, code: 'unauthorized' },
  LARDER_SERVER_IDENTITY_REFUSED: { status: 401, code: 'unauthorized' },
  LARDER_SERVER_ISSUER_UNAVAILABLE: { status: 503, code: 'issuer_unavailable' },
  LARDER_SERVER_REQUEST_FORBIDDEN: { status: 403, code: 'forbidden' },
  LARDER_SERVER_UPLOAD_LENGTH_REQUIRED: { status: 411, code: 'length_required' },
  LARDER_SERVER_UPLOAD_LENGTH_WRONG: { status: 400, code: 'bad_request' },
  LARDER_SERVER_UPLOAD_TAG_WRONG: { status: 400, code: 'bad_request' },
  LARDER_SERVER_UPLOAD_TOO_LARGE: { status: 413, code: 'payload_too_large' },
  LARDER_SERVER_UPLOAD_STALLED: { status: 408, code: 'request_timeout' },
  LARDER_SERVER_UPLOAD_ABORTED: { status: 400, code: 'bad_request' },
  LARDER_SERVER_RATE_EXCEEDED: { status: 429, code: 'too_many_requests' },
  LARDER_SERVER_STORAGE_FAILED: { status: 503, code: 'storage_unavailable' },
};

/** In place of messages that are about the inside of the server. */
const PUBLIC_MESSAGES: Partial<Record<ServerErrorCode, string>> = {
  LARDER_SERVER_ISSUER_UNAVAILABLE: 'The issuer of the identity cannot be asked for its keys.',
  LARDER_SERVER_STORAGE_FAILED: 'The storage is unavailable.',
};

/** Fastify's own refusals, by status; their messages are replaced so that ours is one voice. */
const FRAMEWORK_RESPONSES: Record<number, { code: string; message: string }> = {
  400: { code: 'bad_request', message: 'The request is malformed.' },
  404: { code: 'not_found', message: 'There is no such endpoint.' },
  413: { code: 'payload_too_large', message: 'The request body is too large.' },
  415: { code: 'unsupported_media_type', message: 'The Content-Type header is malformed.' },
};

/** Decides the answer to an error; nothing of an unexpected one is told to the client. */
export function toErrorResponse(error: unknown): ErrorResponse {
  if (isLarderError(error)) {
    const response = RESPONSES[error.code];
    if (response !== undefined) {
      return {
        ...response,
        message: PUBLIC_MESSAGES[error.code] ?? error.message,
        shouldClose: error.code === 'LARDER_SERVER_UPLOAD_STALLED',
      };
    }
  }
  const status = statusOf(error);
  const response = FRAMEWORK_RESPONSES[status];
  if (response !== undefined) return { status, ...response, shouldClose: false };
  return {
    status: 500,
    code: 'internal_server_error',
    message: 'The server failed.',
    shouldClose: false,
  };
}

/**
 * The body of an error on the artifacts API: wrapped, as Vercel sends it and Turborepo parses it,
 * and flat as well, as Turborepo's OpenAPI description has it.
 */
export function toErrorEnvelope({
  code,
  message,
}: Pick<ErrorResponse, 'code' | 'message'>): string {
  return JSON.stringify({ error: { code, message }, code, message });
}

function statusOf(error: unknown): number {
  const isRefusal = typeof error === 'object' && error !== null && 'statusCode' in error;
  return isRefusal && typeof error.statusCode === 'number' ? error.statusCode : 500;
}
