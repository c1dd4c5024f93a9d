import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

// What x-artifact-tag carries, as pure functions of what is tagged. Three forms exist:
//
// - signature v2, Turborepo from 2.9.18: base64(HMAC-SHA256(key, M)) with M = the four parts
//   "artifact-signature:v2", hash, team and body, each preceded by its length in bytes as an
//   unsigned 64-bit little-endian number;
// - signature v1, Turborepo up to 2.9.17: the same over hash ‖ team ‖ body, without lengths;
// - digest, Larder without a key: "sha256-" and base64(SHA-256(body)).
//
// Source of both signatures: vercel/turborepo, signature_authentication.rs; verified against the
// tags of turbo 2.11.11 in artifact-tag.spec.ts. The team is the configured teamId, never the slug.

const SIGNATURE_PURPOSE = 'artifact-signature:v2';
export const DIGEST_TAG_PREFIX = 'sha256-';

/** What a signature covers besides the content itself. */
export interface SignedScope {
  hash: string;
  /** Empty when none is configured. */
  teamId: string;
  sizeBytes: number;
}

/** Takes the content chunk by chunk, then tells the tag. */
export interface TagComputation {
  update(chunk: Uint8Array): void;
  /** May be called once. */
  digest(): string;
}

export function computeSignatureV2(key: string, scope: SignedScope): TagComputation {
  const hmac = createHmac('sha256', key);
  for (const part of [SIGNATURE_PURPOSE, scope.hash, scope.teamId]) {
    const bytes = Buffer.from(part, 'utf8');
    hmac.update(encodeLength(bytes.length)).update(bytes);
  }
  hmac.update(encodeLength(scope.sizeBytes));
  return toTagComputation(hmac, '');
}

export function computeSignatureV1(
  key: string,
  scope: Omit<SignedScope, 'sizeBytes'>,
): TagComputation {
  return toTagComputation(createHmac('sha256', key).update(scope.hash).update(scope.teamId), '');
}

export function computeDigestTag(): TagComputation {
  return toTagComputation(createHash('sha256'), DIGEST_TAG_PREFIX);
}

/** Compares without telling by its running time how much of the two is equal. */
export function isSameTag(left: string, right: string): boolean {
  const leftBytes = Buffer.from(left, 'utf8');
  const rightBytes = Buffer.from(right, 'utf8');
  return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes);
}

function toTagComputation(
  state: ReturnType<typeof createHash | typeof createHmac>,
  prefix: string,
): TagComputation {
  return {
    update(chunk) {
      state.update(chunk);
    },
    digest: () => prefix + state.digest('base64'),
  };
}

function encodeLength(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}
