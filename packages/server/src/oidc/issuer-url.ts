import { isLoopback } from '../options/loopback-host.ts';

/**
 * Why an address is no place for keys that decide who is let in, as the continuation of its name;
 * null when it is one. Plain http would let everybody on the way replace them.
 */
export function problemOfIssuerUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol)) {
    return 'must be an address that starts with https://';
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return 'must not contain a user name, password, query or fragment';
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[|\]$/g, ''))) {
    return 'must start with https:// beyond loopback';
  }
  return null;
}
