import { lstatSync, readdirSync, readlinkSync, type Dirent, type Stats } from 'node:fs';
import { pluginError } from '../errors/plugin-error.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { checkEntryPath } from './entry-path.ts';
import { checkLinkTarget } from './link-target.ts';

export type FolderEntry =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

type EntryType = Pick<Dirent | Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>;

/**
 * Lists everything below the named entries of `folder`, folders before their content, in the byte
 * order of their paths, where a folder's path counts as ending in a slash. Named entries that do
 * not exist are skipped. Reads one folder at a time.
 *
 * @throws LarderError `LARDER_ARCHIVE_UNSUPPORTED_TYPE`, `LARDER_ARCHIVE_UNSAFE_LINK`,
 * `LARDER_ARCHIVE_UNSAFE_NAME`, `LARDER_ARCHIVE_TOO_LARGE`
 */
export function* walkFolder(
  folder: string,
  names: readonly string[],
  limits: ArchiveLimits,
): Generator<FolderEntry> {
  const present = names.flatMap((name) => {
    const stats = lstatSync(`${folder}/${name}`, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ path: name, type: stats }];
  });
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
      yield { kind: 'folder', path, mode: lstatSync(`${folder}/${path}`).mode };
      const children = readdirSync(`${folder}/${path}`, { withFileTypes: true });
      open.push(
        inByteOrder(
          children.map((child) => ({ path: `${path}/${child.name}`, type: child })),
        ).values(),
      );
    } else if (type.isSymbolicLink()) {
      const target = readlinkSync(`${folder}/${path}`);
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
