import type { Compression } from '../../archive/pack-folder.ts';

/** About what a connection of 1 Gbit/s and 40 ms has under way; less says nothing of the link. */
const fewBytes = 4 * 1024 ** 2;

/**
 * What is packed and not yet sent. It tells how the next folder is best packed: where the link does
 * not keep up, packing has time to spare, and fewer bytes are sent sooner.
 */
export interface SendBacklog {
  add(entryId: string, sizeBytes: number): void;
  remove(entryId: string): void;
  compression(): Compression;
}

export function createSendBacklog(): SendBacklog {
  const sizes = new Map<string, number>();
  return {
    add: (entryId, sizeBytes) => void sizes.set(entryId, sizeBytes),
    remove: (entryId) => void sizes.delete(entryId),
    compression() {
      // The last one has had no time yet.
      const older = [...sizes.values()].slice(0, -1);
      const bytes = older.reduce((sum, each) => sum + each, 0);
      return bytes > fewBytes ? 'dense' : 'quick';
    },
  };
}
