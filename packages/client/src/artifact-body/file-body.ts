import { createReadStream } from 'node:fs';
import { type ArtifactBody } from '../artifacts-client.ts';

// Fewer, larger reads: with node's 64 KiB a large upload spends its time in the thread pool.
const READ_SIZE_BYTES = 256 * 1024;

/**
 * The content of the file at `path`, which must stay as it is and `sizeBytes` long while it is
 * being sent.
 */
export function fileBody(path: string, sizeBytes: number): ArtifactBody {
  return {
    sizeBytes,
    open: () => createReadStream(path, { highWaterMark: READ_SIZE_BYTES }),
  };
}
