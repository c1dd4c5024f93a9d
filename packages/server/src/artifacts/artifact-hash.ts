import { LarderError } from '../errors/larder-error.ts';

/**
 * What clients use as hashes: Turborepo 16 hex digits, Nx decimal digits, `@vercel/remote-nx`
 * digits and `.tar.gz`, Vercel's documentation base62.
 */
const HASH_PATTERN = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

export function isArtifactHash(text: string): boolean {
  return HASH_PATTERN.test(text) && !text.includes('..');
}

/** @throws LarderError `LARDER_SERVER_REQUEST_INVALID` */
export function parseArtifactHash(text: string): string {
  if (isArtifactHash(text)) return text;
  throw new LarderError(
    'LARDER_SERVER_REQUEST_INVALID',
    'The artifact hash must be 1 to 128 letters, digits, "_", "-" or single dots, not starting with a dot.',
    { hint: 'Use the hash of the task as the last part of the path.' },
  );
}
