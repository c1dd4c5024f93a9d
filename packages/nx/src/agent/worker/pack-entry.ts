import { stat } from 'node:fs/promises';
import type { ArchiveThread } from '../../archive/archive-thread.ts';
import type { Compression, PackResult } from '../../archive/pack-folder.ts';
import { pluginError } from '../../errors/plugin-error.ts';
import { cacheEntryParts, commitFileOf } from '../../nx-facts/cache-entry.ts';
import type { SpoolContent } from '../spool/spool-entry.ts';

/**
 * Packs an entry of Nx's cache, in whichever layout it is, into the same archive.
 *
 * @throws LarderError `LARDER_ARCHIVE_…`
 */
export async function packEntry(
  archive: ArchiveThread,
  content: Exclude<SpoolContent, { kind: 'body' }>,
  { file, compression }: { readonly file: string; readonly compression: Compression },
): Promise<PackResult> {
  const { folder } = content;
  if (content.kind === 'folder') {
    const { mtimeMs } = await statEntry(folder, commitFileOf(folder));
    return archive.pack({
      folder,
      entries: cacheEntryParts,
      file,
      completeAtMs: mtimeMs,
      compression,
    });
  }
  await statEntry(folder, folder);
  const { code, terminalOutput } = content.result;
  return archive.pack({
    folder,
    entries: [
      { name: 'code', text: String(code) },
      { name: 'terminalOutput', text: terminalOutput },
      { name: 'outputs', isFolder: true },
    ],
    file,
    completeAtMs: content.completeAtMs,
    compression,
  });
}

/** The commit file tells when Nx completed an entry, by the clock of the file system that it is on. */
async function statEntry(entryFolder: string, path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    throw pluginError(
      'LARDER_ARCHIVE_SOURCE_CHANGED',
      `The cache entry ${entryFolder} was removed before it could be packed`,
      { hint: 'Run "nx reset" only when no command is running.', cause },
    );
  }
}
