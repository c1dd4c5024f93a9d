import { createClientError } from '../errors/client-errors.ts';
import { computeDigestTag, computeSignatureV2, type TagComputation } from './artifact-tag.ts';

/** What a tag depends on besides the content. */
export interface TagOptions {
  hash: string;
  /** The exact size of the content; a signature covers it. */
  sizeBytes: number;
  /** As configured in the client that reads; nothing when none is. */
  teamId?: string | undefined;
  /** Makes the tag a signature; without it the tag is a digest. */
  signatureKey?: string | undefined;
}

/** Makes the tag of an artifact whose content passes by, chunk by chunk. */
export interface ArtifactTagger {
  update(chunk: Uint8Array): void;
  /**
   * The tag, once all of the content has passed; may be called once.
   *
   * @throws LarderError `LARDER_BODY_LENGTH_MISMATCH` when that was not `sizeBytes` bytes
   */
  digest(): string;
}

/**
 * Starts the tag that this client writes: with a key Turborepo's signature v2, without one
 * `sha256-<base64>` of the content.
 */
export function createArtifactTagger(options: TagOptions): ArtifactTagger {
  const computation = startComputation(options);
  let seenBytes = 0;
  return {
    update(chunk) {
      seenBytes += chunk.byteLength;
      computation.update(chunk);
    },
    digest() {
      if (seenBytes !== options.sizeBytes) {
        throw createClientError(
          'LARDER_BODY_LENGTH_MISMATCH',
          `The content of ${options.hash} is ${seenBytes} bytes long, ${options.sizeBytes} were announced`,
        );
      }
      return computation.digest();
    },
  };
}

/**
 * The tag of an artifact whose content is `body`, a stream for instance; see
 * {@link createArtifactTagger}. Errors of the stream are passed on as they are.
 */
export async function createArtifactTag(
  body: AsyncIterable<Uint8Array>,
  options: TagOptions,
): Promise<string> {
  const tagger = createArtifactTagger(options);
  for await (const chunk of body) tagger.update(chunk);
  return tagger.digest();
}

function startComputation({
  hash,
  sizeBytes,
  teamId = '',
  signatureKey,
}: TagOptions): TagComputation {
  return signatureKey === undefined
    ? computeDigestTag()
    : computeSignatureV2(signatureKey, { hash, teamId, sizeBytes });
}
