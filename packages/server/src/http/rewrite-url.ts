/**
 * Brings the paths that clients build by plain concatenation to the one form that is routed:
 * duplicate slashes are collapsed (a base URL with a trailing slash) and `/api/v8/artifacts` is
 * `/v8/artifacts` (Turborepo's default base URL ends in `/api`). The query stays as it is.
 */
export function rewriteUrl(url: string): string {
  const queryStart = url.indexOf('?');
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const query = queryStart === -1 ? '' : url.slice(queryStart);
  return path.replace(/\/{2,}/g, '/').replace(/^\/api(?=\/v8\/artifacts(?:\/|$))/, '') + query;
}
