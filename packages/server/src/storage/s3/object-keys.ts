// Where the objects of a bucket are: `blobs/<first two digits>/<name>` for artifacts, byte by byte, the
// same below `descriptions/` for what did not fit into their metadata, `quarantine/<name>` for what was
// found damaged, and `larder.store` for the id of the index that they belong to.
import { BLOB_NAME_PATTERN, checkedBlobName } from '../blob-store.ts';

export interface ObjectKeys {
  /** What says to which index the blobs belong. */
  readonly identity: string;
  blob(name: string): string;
  description(name: string): string;
  quarantinedBlob(name: string): string;
  quarantinedDescription(name: string): string;
  /** What the keys of all blobs begin with whose names begin with this: two hex digits or more, or none. */
  blobsOf(namePrefix: string): string;
  /** The name of the blob of this key; null when it is none of a blob. */
  nameOf(key: string): string | null;
}

const SHARD_LENGTH = 2;

export function createObjectKeys(prefix: string): ObjectKeys {
  const inShard = (folder: string, name: string) =>
    `${prefix}${folder}/${name.slice(0, SHARD_LENGTH)}/${name}`;
  const blobs = `${prefix}blobs/`;
  return {
    identity: `${prefix}larder.store`,
    blob: (name) => inShard('blobs', checkedBlobName(name)),
    description: (name) => inShard('descriptions', checkedBlobName(name)),
    quarantinedBlob: (name) => `${prefix}quarantine/${checkedBlobName(name)}`,
    quarantinedDescription: (name) => `${prefix}quarantine/${checkedBlobName(name)}.json`,
    blobsOf: (namePrefix) => (namePrefix === '' ? blobs : inShard('blobs', namePrefix)),
    nameOf(key) {
      const name = key.slice(key.lastIndexOf('/') + 1);
      return BLOB_NAME_PATTERN.test(name) && key === inShard('blobs', name) ? name : null;
    },
  };
}
