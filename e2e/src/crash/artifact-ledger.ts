import { randomBytes, randomInt } from 'node:crypto';

const SMALLEST_BYTES = 1_000;
const LARGEST_BYTES = 5_000_000;

/** What one upload sends: a piece of the ledger's bytes. The tag says which one. */
export interface Offer {
  readonly tag: string;
  readonly body: Buffer;
}

/** What a `GET` was answered with. */
export interface Answer {
  readonly status: number;
  /** Null where the API has none. */
  readonly tag: string | null;
  readonly body: Buffer;
}

interface Entry {
  readonly offers: Map<string, Buffer>;
  isAcknowledged: boolean;
  /** Tag of the offer that has been seen: no other one may ever come back. */
  seen: string | null;
}

/** Remembers everything that was offered to a server, and judges what it gives back. */
export interface ArtifactLedger {
  /** Makes up something to upload. Several offers of one path differ. */
  offer(path: string): Offer;
  /** Notes that the server said that there is an artifact under this path. */
  acknowledge(path: string): void;
  isAcknowledged(path: string): boolean;
  /** Says what is wrong with an answer, or returns null. */
  judge(path: string, answer: Answer): string | null;
  /** Every path that was ever offered. */
  paths(): string[];
  clear(): void;
}

export function createArtifactLedger(): ArtifactLedger {
  const bytes = randomBytes(4 * LARGEST_BYTES);
  const entries = new Map<string, Entry>();

  const entryOf = (path: string): Entry => {
    const entry = entries.get(path) ?? { offers: new Map(), isAcknowledged: false, seen: null };
    entries.set(path, entry);
    return entry;
  };

  return {
    offer(path) {
      const size = randomSize();
      const start = randomInt(bytes.length - size);
      const body = bytes.subarray(start, start + size);
      const tag = `${start}-${size}`;
      entryOf(path).offers.set(tag, body);
      return { tag, body };
    },

    acknowledge(path) {
      entryOf(path).isAcknowledged = true;
    },

    isAcknowledged: (path) => entries.get(path)?.isAcknowledged === true,

    judge(path, { status, tag, body }) {
      const entry = entryOf(path);
      if (status === 404) {
        return entry.isAcknowledged || entry.seen !== null ? `${path} is lost` : null;
      }
      if (status !== 200) return `${path} is answered with ${status}`;
      const found = [...entry.offers].find(([, offered]) => offered.equals(body))?.[0];
      if (found === undefined) return `${path} has ${body.length} bytes that nobody stored`;
      if (tag !== null && tag !== found) return `${path} has the tag of another upload`;
      if (entry.seen !== null && entry.seen !== found) return `${path} has changed`;
      entry.seen = found;
      return null;
    },

    paths: () => [...entries.keys()],

    clear: () => {
      entries.clear();
    },
  };
}

/** As many of 1 to 10 kB as of 100 kB to 1 MB. */
function randomSize(): number {
  const exponent = randomInt(1_000_000) / 1_000_000;
  return Math.floor(SMALLEST_BYTES * (LARGEST_BYTES / SMALLEST_BYTES) ** exponent);
}
