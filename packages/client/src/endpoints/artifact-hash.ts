import { createClientError } from '../errors/client-errors.ts';

const HASH = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** The path of an artifact below the artifacts endpoint; throws `LARDER_REQUEST_HASH_INVALID`. */
export function artifactPath(hash: string): string {
  if (!HASH.test(hash) || hash.includes('..')) {
    throw createClientError(
      'LARDER_REQUEST_HASH_INVALID',
      `${JSON.stringify(hash).slice(0, 140)} is not a valid hash`,
    );
  }
  return `/${hash}`;
}
