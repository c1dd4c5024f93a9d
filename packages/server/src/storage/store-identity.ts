import { randomUUID } from 'node:crypto';
import { LarderError } from '../errors/larder-error.ts';
import { BLOB_PREFIXES, type BlobStore } from './blob-store.ts';

/**
 * A store that carries the id of the pair that it belongs to: an index, and the blobs that it knows.
 * Both functions fail with `LARDER_SERVER_STORAGE_FAILED` when the storage does.
 */
export interface IdentifiedStore {
  /** Null for one that belongs to no pair yet. */
  readIdentity(): Promise<string | null>;
  /** Makes the store a part of this pair, unless it is one of another already. */
  writeIdentity(id: string): Promise<void>;
}

/** A bucket takes its time for each. */
const LISTED_AT_ONCE = 16;

/**
 * Makes sure that an index and blobs that could be put together in any way belong together; the first
 * time that they meet, they do from then on. Servers of one pair may start at the same time. Blobs that
 * the index does not know are removed sooner or later, so that the wrong index would be the end of them.
 *
 * @throws LarderError `LARDER_SERVER_INDEX_MISSING`
 */
export async function requirePair(stores: {
  index: IdentifiedStore;
  blobs: IdentifiedStore & Pick<BlobStore, 'list'>;
}): Promise<void> {
  const { index, blobs } = stores;
  const ofBlobs = await blobs.readIdentity();
  const ofIndex = await index.readIdentity();
  if (ofBlobs === null) {
    if (await hasAny(blobs)) throw indexMissing('holds artifacts that this index does not know');
    await index.writeIdentity(ofIndex ?? randomUUID());
    // What another server has written at the same time counts.
    const id = await index.readIdentity();
    if (id !== null) await blobs.writeIdentity(id);
    if (id === (await blobs.readIdentity())) return;
  } else if (ofBlobs === ofIndex) return;
  throw indexMissing('belongs to another index');
}

/**
 * Makes an index that is new one of the pair that the blobs belong to, so that it can be filled anew.
 *
 * @throws LarderError `LARDER_SERVER_INDEX_MISSING` for an index of another pair.
 */
export async function adoptIndex(stores: {
  index: IdentifiedStore;
  blobs: IdentifiedStore;
}): Promise<void> {
  const { index, blobs } = stores;
  const id = (await blobs.readIdentity()) ?? (await index.readIdentity()) ?? randomUUID();
  await index.writeIdentity(id);
  if ((await index.readIdentity()) !== id) throw indexMissing('belongs to another index');
  await blobs.writeIdentity(id);
}

async function hasAny(blobs: Pick<BlobStore, 'list'>): Promise<boolean> {
  for (let start = 0; start < BLOB_PREFIXES.length; start += LISTED_AT_ONCE) {
    const some = BLOB_PREFIXES.slice(start, start + LISTED_AT_ONCE);
    const lists = await Promise.all(some.map((prefix) => blobs.list(prefix)));
    if (lists.some((names) => names.length > 0)) return true;
  }
  return false;
}

function indexMissing(what: string): LarderError {
  return new LarderError(
    'LARDER_SERVER_INDEX_MISSING',
    `The storage of artifacts ${what}, and would be emptied by this server.`,
    {
      hint: 'Name the index that it belongs to, restore that from its backup, or run "larder-server rebuild" to make an empty one from the artifacts.',
    },
  );
}
