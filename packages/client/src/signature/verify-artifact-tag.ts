import { createClientError } from '../errors/client-errors.ts';
import {
  computeDigestTag,
  computeSignatureV1,
  computeSignatureV2,
  DIGEST_TAG_PREFIX,
  isSameTag,
} from './artifact-tag.ts';
import { type TagOptions } from './create-artifact-tag.ts';

/** Checks the tag of an artifact whose content passes by, chunk by chunk. */
export interface ArtifactTagVerifier {
  update(chunk: Uint8Array): void;
  /**
   * Call it once, when all of the content has passed.
   *
   * @throws LarderError `LARDER_SIGNATURE_MISMATCH` or `LARDER_DIGEST_MISMATCH`
   */
  verify(): void;
}

/**
 * Starts the verification of `tag` (null: the artifact has none). With a key, a signature v2 or v1
 * is demanded. Without one, a `sha256-` tag must be right and any other is accepted unseen.
 *
 * @throws LarderError `LARDER_SIGNATURE_MISSING` when a key is given and `tag` is no signature
 */
export function createArtifactTagVerifier(
  tag: string | null,
  options: TagOptions,
): ArtifactTagVerifier {
  if (options.signatureKey !== undefined) {
    return createSignatureVerifier(requireSignature(tag, options.hash), {
      ...options,
      signatureKey: options.signatureKey,
    });
  }
  return tag?.startsWith(DIGEST_TAG_PREFIX) === true
    ? createDigestVerifier(tag, options.hash)
    : acceptAnything;
}

/**
 * Verifies `tag` against all of `body`, a stream for instance; see
 * {@link createArtifactTagVerifier}. Errors of the stream are passed on as they are.
 */
export async function verifyArtifactTag(
  body: AsyncIterable<Uint8Array>,
  tag: string | null,
  options: TagOptions,
): Promise<void> {
  const verifier = createArtifactTagVerifier(tag, options);
  for await (const chunk of body) verifier.update(chunk);
  verifier.verify();
}

/** The tag, provided that it can be a signature at all: known before any content is read. */
export function requireSignature(tag: string | null, hash: string): string {
  if (tag === null) {
    throw createClientError('LARDER_SIGNATURE_MISSING', `The artifact ${hash} is not signed`);
  }
  if (tag.startsWith(DIGEST_TAG_PREFIX)) {
    throw createClientError(
      'LARDER_SIGNATURE_MISSING',
      `The artifact ${hash} is not signed: its tag is only a digest`,
    );
  }
  return tag;
}

function createSignatureVerifier(
  tag: string,
  { hash, teamId = '', sizeBytes, signatureKey }: TagOptions & { signatureKey: string },
): ArtifactTagVerifier {
  // Both at once, because the content passes by only once.
  const candidates = [
    computeSignatureV2(signatureKey, { hash, teamId, sizeBytes }),
    computeSignatureV1(signatureKey, { hash, teamId }),
  ];
  return {
    update(chunk) {
      for (const candidate of candidates) candidate.update(chunk);
    },
    verify() {
      const isRight = candidates
        .map((candidate) => isSameTag(candidate.digest(), tag))
        .includes(true);
      if (!isRight) {
        throw createClientError(
          'LARDER_SIGNATURE_MISMATCH',
          `The signature of the artifact ${hash} is wrong`,
        );
      }
    },
  };
}

function createDigestVerifier(tag: string, hash: string): ArtifactTagVerifier {
  const computation = computeDigestTag();
  return {
    update(chunk) {
      computation.update(chunk);
    },
    verify() {
      if (!isSameTag(computation.digest(), tag)) {
        throw createClientError(
          'LARDER_DIGEST_MISMATCH',
          `The content of the artifact ${hash} does not have the digest in its tag`,
        );
      }
    },
  };
}

const acceptAnything: ArtifactTagVerifier = {
  update: () => undefined,
  verify: () => undefined,
};
