import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Pack } from '../../vendor/tar-stream/index.js';
import { sourceChanged, tooLarge } from './archive-error.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { maxWholeBytes, TarFeed, type EntryHeader } from './tar-feed.ts';
import type { FolderEntry } from './walk-folder.ts';

/** tar-stream replaces a mode of 0 by its default: the type's bits keep such a mode apart. */
const fileTypeBits = 0o100000;
const permissionBits = 0o777;

/** Nothing of when or by whom an output was made goes into the archive. */
const anonymous = { mtime: new Date(0), uid: 0, gid: 0 };

/** As Nx writes a file of its own. */
const textMode = fileTypeBits | 0o644;

const readChunkBytes = 256 * 1024;

/**
 * A file is opened as what the listing said it is: no link is followed, no pipe waited for. (Windows
 * has neither of the two and counts them as 0.)
 */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface AddedEntries {
  /** Bytes of all files' contents. */
  readonly unpackedBytes: number;
  readonly entryCount: number;
}

/**
 * Adds the entries to the tar stream and ends it. Reads synchronously, and waits when whoever
 * reads the tar stream falls behind.
 *
 * @throws LarderError `LARDER_ARCHIVE_SOURCE_CHANGED`, `LARDER_ARCHIVE_TOO_LARGE`
 */
export async function addEntries(
  tar: Pack,
  entries: Iterable<FolderEntry>,
  limits: ArchiveLimits,
): Promise<AddedEntries> {
  const feed = new TarFeed(tar);
  let unpackedBytes = 0;
  let entryCount = 0;
  for (const entry of entries) {
    entryCount += 1;
    if (entryCount > limits.maxEntries) throw tooLarge(`more than ${limits.maxEntries} entries`);
    const left = limits.maxTarBytes - unpackedBytes;
    if (entry.kind === 'file') {
      unpackedBytes += await addFile(feed, entry, left);
    } else if (entry.kind === 'text') {
      unpackedBytes += await addText(feed, entry, left);
    } else {
      await feed.add(headerOf(entry), null);
    }
  }
  tar.finalize();
  return { unpackedBytes, entryCount };
}

type EntryOf<Kind> = Extract<FolderEntry, { readonly kind: Kind }>;

/** Returns the size of the file, which is at most `maxBytes`. */
async function addFile(
  feed: TarFeed,
  { path, file }: EntryOf<'file'>,
  maxBytes: number,
): Promise<number> {
  const descriptor = openSync(file, openFlags);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw sourceChanged(path);
    const { size } = stats;
    if (size > maxBytes) throw tooLarge('too many bytes');
    const header: EntryHeader = {
      ...anonymous,
      name: path,
      type: 'file',
      mode: fileTypeBits | (stats.mode & permissionBits),
      size,
    };
    if (size <= maxWholeBytes) {
      await feed.add(header, (buffer) => readWhole(descriptor, buffer, path, size));
    } else {
      await feed.addChunks(header, readChunks(descriptor, path, size));
    }
    return size;
  } finally {
    closeSync(descriptor);
  }
}

/** Returns the size of the text, which is at most `maxBytes`. */
async function addText(
  feed: TarFeed,
  { path, text }: EntryOf<'text'>,
  maxBytes: number,
): Promise<number> {
  const content = Buffer.from(text, 'utf8');
  const size = content.length;
  if (size > maxBytes) throw tooLarge('too many bytes');
  const header: EntryHeader = { ...anonymous, name: path, type: 'file', mode: textMode, size };
  if (size <= maxWholeBytes) await feed.add(header, (buffer) => content.copy(buffer));
  else await feed.addChunks(header, [content]);
  return size;
}

function headerOf(entry: EntryOf<'folder' | 'link'>): EntryHeader {
  return entry.kind === 'folder'
    ? {
        ...anonymous,
        name: `${entry.path}/`,
        type: 'directory',
        mode: fileTypeBits | (entry.mode & permissionBits),
      }
    : {
        ...anonymous,
        name: entry.path,
        type: 'symlink',
        // Systems differ in the mode of a link, and none heeds it.
        mode: 0o777,
        linkname: entry.target,
      };
}

function readWhole(descriptor: number, buffer: Buffer, path: string, size: number): number {
  // One byte more than expected shows a file that has grown; when it does not come, the file is over.
  const wanted = size + 1;
  let length = 0;
  let read = 0;
  do {
    read = readSync(descriptor, buffer, length, wanted - length, null);
    length += read;
  } while (read > 0 && length < size);
  if (length !== size) throw sourceChanged(path);
  return length;
}

function* readChunks(descriptor: number, path: string, size: number): Generator<Buffer> {
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafeSlow(readChunkBytes);
    const read = readSync(descriptor, chunk);
    if (read === 0) break;
    length += read;
    if (length > size) throw sourceChanged(path);
    yield chunk.subarray(0, read);
  }
  if (length !== size) throw sourceChanged(path);
}
