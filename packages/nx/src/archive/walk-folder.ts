import { lstatSync, readdirSync, readlinkSync, type Dirent, type Stats } from 'node:fs';
import { pluginError } from '../errors/plugin-error.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { sourceChanged, tooMuchText } from './archive-error.ts';
import { checkEntryPath } from './entry-path.ts';
import { archivedTarget, checkLinkTarget } from './link-target.ts';

export type FolderEntry =
  | { readonly kind: 'file'; readonly path: string; /** Where it lies. */ readonly file: string }
  | { readonly kind: 'text'; readonly path: string; readonly text: string }
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

type EntryType = Pick<Dirent | Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>;

/** What stands at the top of an archive: an entry of the folder by its name, or one of these. */
export type TopEntry =
  | string
  /** The folder itself with everything in it, under another name. */
  | { readonly name: string; readonly isFolder: true }
  /** A file that the folder does not hold. */
  | { readonly name: string; readonly text: string };

export interface WalkOptions {
  /** What is listed; entries of the folder that do not exist are skipped. */
  readonly entries: readonly TopEntry[];
  /** No folder may have gained or lost an entry after this time, in milliseconds since the epoch. */
  readonly completeAtMs?: number | undefined;
  readonly limits: ArchiveLimits;
}

/**
 * Lists everything below the given entries of `folder`, folders before their content, in the byte
 * order of their paths, where a folder's path counts as ending in a slash. Reads one folder at a
 * time.
 *
 * @throws LarderError `LARDER_ARCHIVE_UNSUPPORTED_TYPE`, `LARDER_ARCHIVE_UNSAFE_LINK`,
 * `LARDER_ARCHIVE_UNSAFE_NAME`, `LARDER_ARCHIVE_TOO_LARGE`, `LARDER_ARCHIVE_SOURCE_CHANGED`
 */
export function* walkFolder(
  folder: string,
  { entries, completeAtMs = Infinity, limits }: WalkOptions,
): Generator<FolderEntry> {
  const present = entries.flatMap((entry) => find(folder, entry) ?? []);
  // Looked at after the listing, so that what went missing before it shows.
  assertComplete(folder, lstatSync(folder), completeAtMs);
  // The folders that are being listed, outermost first, each with what is left of it.
  const open = [inByteOrder(present).values()];
  for (let listing = open.at(-1); listing !== undefined; listing = open.at(-1)) {
    const next = listing.next();
    if (next.done === true) {
      open.pop();
      continue;
    }
    const { path, file, type } = next.value;
    checkEntryPath(path, limits);
    if (typeof type === 'string') {
      if (Buffer.byteLength(type) > limits.maxTextBytes) throw tooMuchText(limits.maxTextBytes);
      yield { kind: 'text', path, text: type };
    } else if (type.isFile()) {
      yield { kind: 'file', path, file };
    } else if (type.isDirectory()) {
      const children = readdirSync(file, { withFileTypes: true });
      const stats = lstatSync(file);
      assertComplete(path, stats, completeAtMs);
      yield { kind: 'folder', path, mode: stats.mode };
      open.push(
        inByteOrder(
          children.map((child) => ({
            path: `${path}/${child.name}`,
            file: `${file}/${child.name}`,
            type: child,
          })),
        ).values(),
      );
    } else if (type.isSymbolicLink()) {
      const target = archivedTarget(readlinkSync(file));
      checkLinkTarget(path, target);
      yield { kind: 'link', path, target };
    } else {
      throw pluginError(
        'LARDER_ARCHIVE_UNSUPPORTED_TYPE',
        `${JSON.stringify(path)} is neither a file, a folder nor a symbolic link`,
        { hint: 'Remove sockets, pipes and devices from the "outputs" of the task.' },
      );
    }
  }
}

function assertComplete(path: string, { mtimeMs }: Stats, completeAtMs: number): void {
  if (mtimeMs > completeAtMs) throw sourceChanged(path);
}

interface ListedEntry {
  /** In the archive. */
  readonly path: string;
  readonly file: string;
  /** What it is on disk, or its text. */
  readonly type: EntryType | string;
}

/** Null when it does not exist. */
function find(folder: string, entry: TopEntry): ListedEntry | null {
  if (typeof entry !== 'string' && 'text' in entry) {
    return { path: entry.name, file: '', type: entry.text };
  }
  const [path, file] =
    typeof entry === 'string' ? [entry, `${folder}/${entry}`] : [entry.name, folder];
  const type = lstatSync(file, { throwIfNoEntry: false });
  return type === undefined ? null : { path, file, type };
}

function inByteOrder(entries: readonly ListedEntry[]): ListedEntry[] {
  return entries
    .map((entry) => {
      const isFolder = typeof entry.type !== 'string' && entry.type.isDirectory();
      const path = isFolder ? `${entry.path}/` : entry.path;
      // One character per UTF-8 byte: strings compare by UTF-16 units, which is another order.
      return { entry, key: Buffer.from(path).toString('latin1') };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ entry }) => entry);
}
