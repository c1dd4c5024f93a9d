import { lstatSync, readdirSync, readlinkSync, type Dirent, type Stats } from 'node:fs';
import { pluginError } from '../errors/plugin-error.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { sourceChanged } from './archive-error.ts';
import { checkEntryPath } from './entry-path.ts';
import { archivedTarget, checkLinkTarget } from './link-target.ts';

export type FolderEntry =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

type EntryType = Pick<Dirent | Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>;

export interface WalkOptions {
  /** Entries of the folder that are listed; those that do not exist are skipped. */
  readonly names: readonly string[];
  /** No folder may have gained or lost an entry after this time, in milliseconds since the epoch. */
  readonly completeAtMs?: number | undefined;
  readonly limits: ArchiveLimits;
}

/**
 * Lists everything below the named entries of `folder`, folders before their content, in the byte
 * order of their paths, where a folder's path counts as ending in a slash. Reads one folder at a
 * time.
 *
 * @throws LarderError `LARDER_ARCHIVE_UNSUPPORTED_TYPE`, `LARDER_ARCHIVE_UNSAFE_LINK`,
 * `LARDER_ARCHIVE_UNSAFE_NAME`, `LARDER_ARCHIVE_TOO_LARGE`, `LARDER_ARCHIVE_SOURCE_CHANGED`
 */
export function* walkFolder(
  folder: string,
  { names, completeAtMs = Infinity, limits }: WalkOptions,
): Generator<FolderEntry> {
  const present = names.flatMap((name) => {
    const stats = lstatSync(`${folder}/${name}`, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ path: name, type: stats }];
  });
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
    const { path, type } = next.value;
    checkEntryPath(path, limits);
    if (type.isFile()) {
      yield { kind: 'file', path };
    } else if (type.isDirectory()) {
      const children = readdirSync(`${folder}/${path}`, { withFileTypes: true });
      const stats = lstatSync(`${folder}/${path}`);
      assertComplete(path, stats, completeAtMs);
      yield { kind: 'folder', path, mode: stats.mode };
      open.push(
        inByteOrder(
          children.map((child) => ({ path: `${path}/${child.name}`, type: child })),
        ).values(),
      );
    } else if (type.isSymbolicLink()) {
      const target = archivedTarget(readlinkSync(`${folder}/${path}`));
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
  readonly path: string;
  readonly type: EntryType;
}

function inByteOrder(entries: readonly ListedEntry[]): ListedEntry[] {
  return entries
    .map((entry) => {
      const path = entry.type.isDirectory() ? `${entry.path}/` : entry.path;
      // One character per UTF-8 byte: strings compare by UTF-16 units, which is another order.
      return { entry, key: Buffer.from(path).toString('latin1') };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ entry }) => entry);
}
