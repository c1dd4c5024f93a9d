import { type AnswerHeaders, discard, headerValue, type HttpAnswer } from './http-answer.ts';
import { dropAuthorization, followRedirects, resolveLocation } from './redirects.ts';
import { type HttpMethod, type HttpRequest } from './send-request.ts';

// Turborepo's TURBO_PREFLIGHT, as turbo 2.11.11 does it: what a browser would do before a request to
// another origin, used by servers to send artifacts straight to an object store. Only Location and
// Access-Control-Allow-Headers of the answer count; its status does not.

const ANNOUNCED_FOR_UPLOADS =
  'Authorization, Content-Type, User-Agent, x-artifact-duration, x-artifact-tag, x-artifact-sha, x-artifact-dirty-hash';
const ANNOUNCED_OTHERWISE = 'Authorization, User-Agent';
const AUTHORIZATION_BY_NAME = /(?:^|,)\s*authorization\s*(?:,|$)/i;

/**
 * Asks where to send `request` and gives what to send instead: to another place perhaps, with that
 * place's own query, and without the token unless it is asked for by name.
 */
export async function preflight(
  request: HttpRequest,
  options: { baseUrl: URL; send: (request: HttpRequest) => Promise<HttpAnswer> },
): Promise<HttpRequest> {
  const answer = await followRedirects(toPreflight(request), options.send);
  await discard(answer.body);
  const location = headerValue(answer.headers, 'location');
  const url = location === null ? answer.url : resolveLocation(answer, options.baseUrl);
  return asksForToken(answer.headers)
    ? { ...request, url }
    : { ...request, url, headers: dropAuthorization(request.headers), isTokenWithheld: true };
}

function toPreflight({ method, url, headers }: HttpRequest): HttpRequest {
  return {
    method: 'OPTIONS',
    url,
    headers: {
      ...pick(headers, ['authorization', 'user-agent']),
      'access-control-request-method': announcedMethod(method),
      'access-control-request-headers':
        method === 'PUT' ? ANNOUNCED_FOR_UPLOADS : ANNOUNCED_OTHERWISE,
    },
    body: undefined,
  };
}

function announcedMethod(method: HttpMethod): HttpMethod {
  return method === 'HEAD' ? 'GET' : method;
}

function asksForToken(headers: AnswerHeaders): boolean {
  const allowed = headers['access-control-allow-headers'] ?? '';
  return AUTHORIZATION_BY_NAME.test(Array.isArray(allowed) ? allowed.join() : allowed);
}

function pick(
  headers: HttpRequest['headers'],
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
}
