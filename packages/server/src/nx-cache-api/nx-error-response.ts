import type { ServerErrorCode } from '../errors/error-codes.ts';
import { isLarderError } from '../errors/larder-error.ts';
import { toErrorResponse } from '../http/error-responses.ts';

export interface NxErrorResponse {
  status: number;
  message: string;
  shouldClose: boolean;
  /** Whether the client is told less than the truth, so that the log must have it. */
  isTrouble: boolean;
}

/** Uploads that are not accepted. Nx repeats a 400, 413 or 429, then fails. */
const REFUSED_UPLOADS: ReadonlySet<ServerErrorCode> = new Set([
  'LARDER_SERVER_REQUEST_INVALID',
  'LARDER_SERVER_UPLOAD_TOO_LARGE',
  'LARDER_SERVER_RATE_EXCEEDED',
]);

/**
 * Softens an error to what Nx survives. Only a wrong token (401), a token that may not do this
 * (403) and uploads that did not arrive stay what they are; every other failed lookup is a miss,
 * and an upload that cannot be stored is refused (403) or, when that is our fault, forgotten (200).
 */
export function toNxErrorResponse(error: unknown, method: string): NxErrorResponse {
  const { status, message, shouldClose } = toErrorResponse(error);
  const isTrouble = status >= 500;
  const answer = (nxStatus: number): NxErrorResponse => ({
    status: nxStatus,
    message,
    shouldClose,
    isTrouble,
  });

  if (status === 401 || status === 403) return answer(status);
  if (method !== 'PUT') return answer(404);
  if (isTrouble) return answer(200);
  return answer(isLarderError(error) && REFUSED_UPLOADS.has(error.code) ? 403 : status);
}
