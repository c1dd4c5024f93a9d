import { createClientError } from '../errors/client-errors.ts';
import { discard, headerValue, type HttpAnswer } from './http-answer.ts';
import { type HttpMethod, type HttpRequest } from './send-request.ts';

const REDIRECT_STATUSES: readonly number[] = [301, 302, 303, 307, 308];
const FOLLOWED_METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'OPTIONS'];
const MAX_REDIRECTS = 5;

/** The answer at the end of a chain of redirects. */
export interface FollowedAnswer extends HttpAnswer {
  /** Where it came from. */
  url: URL;
  /** Whether the token was sent there. */
  hasSeenToken: boolean;
  /** See {@link HttpRequest.isTokenWithheld}. */
  isTokenWithheld: boolean;
}

/**
 * Sends `request` with `send` and follows redirects of GET, HEAD and OPTIONS. Authorization is
 * dropped for good on the first step to another origin. What the server has said of an artifact on the
 * way counts: the storage that it leads to knows nothing of that. What changes something or carries a
 * body is not followed: where it ends up must be certain.
 */
export async function followRedirects(
  request: HttpRequest,
  send: (request: HttpRequest) => Promise<HttpAnswer>,
): Promise<FollowedAnswer> {
  const visited = new Set<string>();
  const known: Record<string, string> = {};
  let current = request;

  for (;;) {
    visited.add(current.url.href);
    const answer = await send(current);
    if (!isRedirect(current, answer)) {
      return {
        ...answer,
        headers: { ...answer.headers, ...known },
        url: current.url,
        hasSeenToken: 'authorization' in current.headers,
        isTokenWithheld: request.isTokenWithheld === true,
      };
    }

    await discard(answer.body);
    if (!FOLLOWED_METHODS.includes(current.method)) {
      throw createRefusal(answer, `a ${current.method} is not repeated elsewhere`);
    }
    const url = resolveLocation(answer, current.url);
    if (visited.has(url.href)) throw createRefusal(answer, 'it leads back to where it came from');
    if (visited.size > MAX_REDIRECTS) {
      throw createRefusal(answer, `more than ${MAX_REDIRECTS} in a row`);
    }
    if ('authorization' in current.headers) Object.assign(known, artifactHeaders(answer));
    const { headers } = current;
    const isSameOrigin = url.origin === request.url.origin;
    current = { ...current, url, headers: isSameOrigin ? headers : dropAuthorization(headers) };
  }
}

function artifactHeaders({ headers }: HttpAnswer): Record<string, string> {
  const names = Object.keys(headers).filter((name) => name.startsWith('x-artifact-'));
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headerValue(headers, name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** Where the Location of an answer leads; throws `LARDER_HTTP_REDIRECT_REFUSED` if nowhere good. */
export function resolveLocation(answer: HttpAnswer, base: URL): URL {
  const location = headerValue(answer.headers, 'location');
  if (location === null || !URL.canParse(location, base.href)) {
    throw createRefusal(answer, 'it has no valid Location');
  }
  const target = new URL(location, base);
  target.hash = '';
  if (target.protocol !== 'https:' && target.protocol !== base.protocol) {
    throw createRefusal(answer, `it leads from ${base.protocol} to ${target.protocol}`);
  }
  return target;
}

export function dropAuthorization(headers: HttpRequest['headers']): HttpRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
}

/** The status of a preflight does not count: only with a Location there is somewhere to go. */
function isRedirect({ method }: HttpRequest, { status, headers }: HttpAnswer): boolean {
  if (!REDIRECT_STATUSES.includes(status)) return false;
  return method !== 'OPTIONS' || headerValue(headers, 'location') !== null;
}

function createRefusal({ description, status }: HttpAnswer, why: string) {
  return createClientError(
    'LARDER_HTTP_REDIRECT_REFUSED',
    `${description} was redirected (${status}), which is not followed: ${why}`,
  );
}
