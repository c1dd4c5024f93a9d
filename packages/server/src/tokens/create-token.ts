import { createHash, randomBytes } from 'node:crypto';
import type { StoredToken } from './token-store.ts';

/** What a new token shall be good for. */
export type TokenPolicy = Pick<
  StoredToken,
  'label' | 'access' | 'scope' | 'teams' | 'origin' | 'expiresAtMs'
>;

/** Makes up a token, which is shown once, and what is kept of it. */
export function createToken(
  policy: TokenPolicy,
  nowMs: number,
): { token: string; stored: StoredToken } {
  const token = randomToken();
  return {
    token,
    stored: {
      ...policy,
      // Not part of the digest: an id is shown in lists and records.
      id: randomBytes(6).toString('hex'),
      sha256: digestOf(token).toString('hex'),
      createdAtMs: nowMs,
      revokedAtMs: null,
    },
  };
}

/** 256 random bits behind a prefix by which secret scanners can know it. */
export function randomToken(): string {
  return `larder_${randomBytes(32).toString('base64url')}`;
}

/** By which tokens are kept and looked up: SHA-256, 32 bytes. */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
