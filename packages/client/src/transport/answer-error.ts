import { type ClientErrorCode, createClientError } from '../errors/client-errors.ts';
import { type LarderError } from '../errors/larder-error.ts';
import { type AccessKind } from './access-gate.ts';
import { type ErrorEnvelope, parseErrorEnvelope } from './error-envelope.ts';
import { readExplanation } from './http-answer.ts';
import { type FollowedAnswer } from './redirects.ts';

const CACHING_CODES: readonly (readonly [prefix: string, code: ClientErrorCode])[] = [
  ['remote_caching_disabled', 'LARDER_ACCESS_CACHING_DISABLED'],
  ['remote_caching_over_limit', 'LARDER_ACCESS_CACHING_OVER_LIMIT'],
  ['remote_caching_paused', 'LARDER_ACCESS_CACHING_PAUSED'],
  ['remote_caching_', 'LARDER_ACCESS_CACHING_UNAVAILABLE'],
];

/** Makes the error for an answer that is not what was asked for, from its status and content. */
export async function createAnswerError(
  answer: FollowedAnswer,
  options: { access: AccessKind; token: string },
): Promise<LarderError> {
  const envelope = parseErrorEnvelope(await readExplanation(answer.body));
  const said = [envelope.code, envelope.message].filter((part) => part !== null).join(': ');
  // A server that echoes what it was sent must not put the token into a log.
  const reason = said.replaceAll(options.token, '***');
  return createClientError(
    codeForAnswer(answer, envelope, options.access),
    `${answer.description} was answered with ${answer.status}${reason === '' ? '' : ` (${reason})`}`,
  );
}

function codeForAnswer(
  { status, hasSeenToken, isTokenWithheld }: FollowedAnswer,
  envelope: ErrorEnvelope,
  access: AccessKind,
): ClientErrorCode {
  if (status === 400) return 'LARDER_HTTP_BAD_REQUEST';
  if (status === 408) return 'LARDER_HTTP_REQUEST_TIMEOUT';
  if (status === 413) return 'LARDER_HTTP_TOO_LARGE';
  if (status === 429) return 'LARDER_HTTP_THROTTLED';
  // 501 is no outage and trying again does not help: the server does not know the method.
  if (status >= 500 && status !== 501) return 'LARDER_HTTP_SERVER_ERROR';
  if (status === 401 && isTokenWithheld) return 'LARDER_PREFLIGHT_TOKEN_WITHHELD';
  // What is said about access is not about the token, where that was never sent to.
  if (!hasSeenToken) return 'LARDER_HTTP_UNEXPECTED_STATUS';
  if (status === 401) return 'LARDER_ACCESS_UNAUTHORIZED';
  if (status === 402) return 'LARDER_ACCESS_PAYMENT_REQUIRED';
  if (status === 403) return codeForForbidden(envelope.code ?? '', access);
  return 'LARDER_HTTP_UNEXPECTED_STATUS';
}

function codeForForbidden(said: string, access: AccessKind): ClientErrorCode {
  if (said === 'forbidden' && access === 'write') return 'LARDER_ACCESS_WRITE_FORBIDDEN';
  return (
    CACHING_CODES.find(([prefix]) => said.startsWith(prefix))?.[1] ?? 'LARDER_ACCESS_FORBIDDEN'
  );
}
