import { createClientError } from '../errors/client-errors.ts';
import { discard, headerValue, type HttpAnswer } from './http-answer.ts';
import { type HttpMethod, type HttpRequest } from './send-request.ts';

const REDIRECT_STATUSES: readonly number[] = [301, 302, 303, 307, 308];
const FOLLOWED_METHODS: readonly HttpMethod[] = ['GET', 'HEAD'];
const MAX_REDIRECTS = 5;

/** The answer at the end of a chain of redirects. */
export interface FollowedAnswer extends HttpAnswer {
  /** Another origin than the configured one answered: it never saw the token. */
  isForeign: boolean;
}

/**
 * Sends `request` with `send` and follows redirects of GET and HEAD. Authorization is dropped for
 * good on the first step to another origin. What changes something or carries a body is not
 * followed: where it ends up must be certain.
 */
export async function followRedirects(
  request: HttpRequest,
  send: (request: HttpRequest) => Promise<HttpAnswer>,
): Promise<FollowedAnswer> {
  const visited = new Set<string>();
  let current = request;
  let isForeign = false;

  for (;;) {
    visited.add(current.url.href);
    const answer = await send(current);
    if (!REDIRECT_STATUSES.includes(answer.status)) return { ...answer, isForeign };

    await discard(answer.body);
    const url = resolveTarget(current, answer);
    if (visited.has(url.href)) throw createRefusal(answer, 'it leads back to where it came from');
    if (visited.size > MAX_REDIRECTS)
      throw createRefusal(answer, `more than ${MAX_REDIRECTS} in a row`);
    isForeign ||= url.origin !== request.url.origin;
    current = {
      ...current,
      url,
      headers: isForeign ? dropAuthorization(current.headers) : current.headers,
    };
  }
}

function resolveTarget({ method, url }: HttpRequest, answer: HttpAnswer): URL {
  const location = headerValue(answer.headers, 'location');
  if (!FOLLOWED_METHODS.includes(method))
    throw createRefusal(answer, `a ${method} is not repeated elsewhere`);
  if (location === null || !URL.canParse(location, url.href)) {
    throw createRefusal(answer, 'it has no valid Location');
  }
  const target = new URL(location, url);
  target.hash = '';
  if (target.protocol !== 'https:' && target.protocol !== url.protocol) {
    throw createRefusal(answer, `it leads from ${url.protocol} to ${target.protocol}`);
  }
  return target;
}

function dropAuthorization(headers: HttpRequest['headers']): HttpRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
}

function createRefusal({ description, status }: HttpAnswer, why: string) {
  return createClientError(
    'LARDER_HTTP_REDIRECT_REFUSED',
    `${description} was redirected (${status}), which is not followed: ${why}`,
  );
}
