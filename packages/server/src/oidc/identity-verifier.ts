import { decodeJwt, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { isLarderError } from '../errors/larder-error.ts';
import { messageOf } from '../errors/message-of.ts';
import type { Claims } from './claims.ts';

/** Signatures by a private key only. With a shared secret, anybody who knows the public key could sign. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA'],
];

/** By how much the clocks of issuer and server may differ. */
const CLOCK_TOLERANCE_S = 30;

/** What is known of a presented identity. */
export type Verification =
  | { isGenuine: true; issuer: string; audiences: readonly string[]; claims: Claims }
  /** The reason is for the log: it tells neither token nor claims. */
  | { isGenuine: false; reason: string };

export interface IdentityVerifierOptions {
  /** Where to find the keys of each issuer that is accepted. */
  keysOf: ReadonlyMap<string, JWTVerifyGetKey>;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Checks signature and times of a JWT; its audience is for the caller to compare. */
export type IdentityVerifier = (token: string) => Promise<Verification>;

/** The verifier throws LarderError `LARDER_SERVER_ISSUER_UNAVAILABLE` when it cannot get the keys. */
export function createIdentityVerifier({ keysOf, now }: IdentityVerifierOptions): IdentityVerifier {
  return async (token) => {
    try {
      // Not verified yet: it only tells whose keys to ask.
      const { iss: issuer = '' } = decodeJwt(token);
      const keys = keysOf.get(issuer);
      if (keys === undefined) return { isGenuine: false, reason: 'unknown issuer' };
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(now()),
        requiredClaims: ['exp', 'aud'],
      });
      if (payload.iat !== undefined && payload.iat > now() / 1000 + CLOCK_TOLERANCE_S) {
        return { isGenuine: false, reason: '"iat" claim is in the future' };
      }
      const audiences = [payload.aud ?? []].flat();
      return { isGenuine: true, issuer, audiences, claims: payload };
    } catch (error) {
      if (isLarderError(error)) throw error;
      return { isGenuine: false, reason: messageOf(error) };
    }
  };
}
