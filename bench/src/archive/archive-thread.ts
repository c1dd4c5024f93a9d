import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Writable } from 'node:stream';
import { repositoryRoot } from '@larder/e2e/repository';

/** The part of the plugin's archive that is measured; the plugin does not export it. */
interface ArchiveThread {
  pack(request: { folder: string; entries: string[]; file: string }): Promise<unknown>;
  unpack(request: { folder: string }): { input: Writable; result: Promise<unknown> };
}

export const { createArchiveThread } = createRequire(__filename)(
  join(repositoryRoot, 'packages/nx/dist/archive/archive-thread.js'),
) as { createArchiveThread: () => ArchiveThread };
