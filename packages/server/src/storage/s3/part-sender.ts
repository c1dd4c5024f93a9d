import type { CompletedPart } from '@aws-sdk/client-s3';
import type { Bucket } from './bucket.ts';
import type { Part } from './part.ts';

/** Of one upload, beside the one that is being filled. */
const MAX_ON_THEIR_WAY = 3;

/** Sends the parts of one multipart upload, a few at a time. */
export interface PartSender {
  /** Waits while enough of them are on their way. Fails when one has failed. */
  whenReady(): Promise<void>;
  /** Sends the next part, whose memory is then the sender's to give back. */
  send(part: Part): void;
  /** Waits until the bucket has all of them. Fails when one has failed. */
  end(): Promise<CompletedPart[]>;
  /** Ends those that are on their way, and waits until none is. */
  abort(): Promise<void>;
}

export function createPartSender(
  bucket: Bucket,
  upload: { Bucket: string; Key: string; UploadId: string | undefined },
  signal: AbortSignal | undefined,
): PartSender {
  const closing = new AbortController();
  const onAbort = () => {
    closing.abort(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const acknowledged: CompletedPart[] = [];
  const onTheirWay = new Set<Promise<void>>();
  let count = 0;

  /** Never fails: what goes wrong ends everything, and is told to whoever comes next. */
  async function sendPart(number: number, part: Part): Promise<void> {
    try {
      const content = part.content();
      const { ETag } = await bucket.upload(
        (client, http) => client.uploadPart({ ...upload, PartNumber: number, ...content }, http),
        closing.signal,
      );
      acknowledged[number - 1] = { PartNumber: number, ETag };
    } catch (error) {
      closing.abort(error);
    } finally {
      part.giveBack();
    }
  }

  return {
    async whenReady() {
      while (onTheirWay.size >= MAX_ON_THEIR_WAY) await Promise.race(onTheirWay);
      closing.signal.throwIfAborted();
    },
    send(part) {
      count += 1;
      const sending = sendPart(count, part).finally(() => onTheirWay.delete(sending));
      onTheirWay.add(sending);
    },
    async end() {
      await Promise.all(onTheirWay);
      signal?.removeEventListener('abort', onAbort);
      closing.signal.throwIfAborted();
      return acknowledged;
    },
    async abort() {
      signal?.removeEventListener('abort', onAbort);
      closing.abort();
      await Promise.all(onTheirWay);
    },
  };
}
