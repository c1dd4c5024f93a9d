/**
 * The least that a part of a multipart upload may have, and so the memory that one costs until the bucket
 * has it.
 */
export const PART_BYTES = 5 * 1024 ** 2;

/** What all uploads of a store together may hold: 40 MiB. */
const MAX_PARTS = 8;

/** Memory for a part that is collected and sent, possibly more than once. */
export interface PartBuffer {
  /** As many as were asked for, with anything in them. */
  readonly bytes: Buffer;
  /** Only when nobody reads or writes the bytes any more; a second time does nothing. */
  giveBack(): void;
}

/**
 * Memory for parts, as much as there is and no more: who comes when all of it is used waits for its turn.
 * Whoever has some must be able to give it back without having more.
 */
export interface PartBuffers {
  /** @throws the reason of the signal. */
  take(sizeBytes: number, signal?: AbortSignal): Promise<PartBuffer>;
}

interface Waiting {
  shares: number;
  proceed: () => void;
}

export function createPartBuffers({ maxParts = MAX_PARTS } = {}): PartBuffers {
  const idle: Buffer[] = [];
  const queue: Waiting[] = [];
  let freeShares = maxParts;

  function serveQueue(): void {
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      if (next.shares > freeShares) return;
      queue.shift();
      freeShares -= next.shares;
      next.proceed();
    }
  }

  function waitForShares(shares: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        queue.splice(queue.indexOf(waiting), 1);
        // It may have stood in the way of somebody who needs less.
        serveQueue();
        reject(signal?.reason as Error);
      };
      const waiting: Waiting = {
        shares,
        proceed() {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      queue.push(waiting);
      serveQueue();
    });
  }

  return {
    async take(sizeBytes, signal) {
      signal?.throwIfAborted();
      // One that is larger than all there is gets all there is to itself.
      const shares = Math.min(maxParts, Math.max(1, Math.ceil(sizeBytes / PART_BYTES)));
      await waitForShares(shares, signal);
      const isUsual = sizeBytes <= PART_BYTES;
      const buffer =
        (isUsual ? idle.pop() : undefined) ??
        Buffer.allocUnsafeSlow(Math.max(PART_BYTES, sizeBytes));
      let isTaken = true;
      return {
        bytes: buffer.subarray(0, sizeBytes),
        giveBack() {
          if (!isTaken) return;
          isTaken = false;
          // Dropped, it would be garbage for a while, beside the one that takes its place.
          if (isUsual) idle.push(buffer);
          freeShares += shares;
          serveQueue();
        },
      };
    },
  };
}
