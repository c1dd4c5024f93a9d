// What the server can tell of a tag: whether a digest or a signature is one of the body that comes
// with it. The forms of tags are described in docs/wire-contract.md.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { LarderError } from '../errors/larder-error.ts';

const DIGEST_TAG = /^sha256-([A-Za-z0-9+/]{43}=)$/;
const SIGNATURE_PURPOSE = 'artifact-signature:v2';

type Hmac = ReturnType<typeof createHmac>;

/** What a tag is about. */
export interface TaggedUpload {
  tag: string | null;
  hash: string;
  /** `teamId` of the request, which signatures cover; empty when it names none. */
  teamId: string;
  sizeBytes: number;
}

/**
 * The digest that a tag says the body has, as 64 hex digits.
 *
 * @returns null for a tag that is no digest.
 */
export function digestOfTag(tag: string | null): string | null {
  const base64 = DIGEST_TAG.exec(tag ?? '')?.[1];
  return base64 === undefined ? null : Buffer.from(base64, 'base64').toString('hex');
}

/**
 * Hands a body on, and fails at its end when the tag is not a signature of it with this key
 * (Turborepo's v2, or v1, which Turborepo made up to 2.9.17).
 *
 * @throws LarderError `LARDER_SERVER_UPLOAD_TAG_WRONG`, for a tag that can be no signature at once.
 */
export function checkSignature(
  body: AsyncIterable<Uint8Array>,
  key: string,
  upload: TaggedUpload,
): AsyncIterable<Uint8Array> {
  const { tag } = upload;
  const expected = Buffer.from(tag ?? '', 'base64');
  if (tag === null || expected.length !== 32) throw tagWrong('It must be a signature.');
  return readChecked(body, [startV2(key, upload), startV1(key, upload)], expected);
}

async function* readChecked(
  body: AsyncIterable<Uint8Array>,
  signatures: readonly Hmac[],
  expected: Buffer,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    for (const signature of signatures) signature.update(chunk);
    yield chunk;
  }
  const isSigned = signatures
    .map((signature) => timingSafeEqual(signature.digest(), expected))
    .includes(true);
  if (!isSigned)
    throw tagWrong('It is not the signature of this artifact with the key of the team.');
}

function startV2(key: string, { hash, teamId, sizeBytes }: TaggedUpload): Hmac {
  const hmac = createHmac('sha256', key);
  for (const part of [SIGNATURE_PURPOSE, hash, teamId]) {
    const bytes = Buffer.from(part, 'utf8');
    hmac.update(encodeLength(bytes.length)).update(bytes);
  }
  return hmac.update(encodeLength(sizeBytes));
}

function startV1(key: string, { hash, teamId }: TaggedUpload): Hmac {
  return createHmac('sha256', key).update(hash).update(teamId);
}

/** Unsigned, 64 bits, little-endian. */
function encodeLength(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}

function tagWrong(problem: string): LarderError {
  return new LarderError(
    'LARDER_SERVER_UPLOAD_TAG_WRONG',
    `The header x-artifact-tag does not fit the artifact. ${problem}`,
    {
      hint: 'Send the artifact again, and check that clients and server have the same signature key.',
    },
  );
}
