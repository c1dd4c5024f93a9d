import { createClientError } from '../errors/client-errors.ts';
import { discard, type HttpAnswer } from '../transport/http-answer.ts';

const STATUSES: readonly number[] = [404, 405, 501];

/** Not every server has every endpoint; those about a single artifact, every server has. */
export function isUnknownEndpoint(status: number): boolean {
  return STATUSES.includes(status);
}

/** Throws `LARDER_HTTP_ENDPOINT_UNKNOWN` for such an answer. */
export async function assertKnownEndpoint(answer: HttpAnswer): Promise<void> {
  if (!isUnknownEndpoint(answer.status)) return;
  await discard(answer.body);
  throw createClientError(
    'LARDER_HTTP_ENDPOINT_UNKNOWN',
    `${answer.description} was answered with ${answer.status}: the server does not have this endpoint`,
  );
}
