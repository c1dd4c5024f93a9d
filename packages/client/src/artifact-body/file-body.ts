import { createReadStream } from 'node:fs';
import { type ArtifactBody } from '../artifacts-client.ts';

/**
 * The content of the file at `path`, which must stay as it is and `sizeBytes` long while it is
 * being sent.
 */
export function fileBody(path: string, sizeBytes: number): ArtifactBody {
  return { sizeBytes, file: path, open: () => createReadStream(path) };
}
