import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  mkdirSync,
  openSync,
  symlinkSync,
} from 'node:fs';
import { entryConflict, isSystemError } from './archive-error.ts';
import type { EntryWriter } from './entry-writer.ts';
import { writeFully } from './write-fully.ts';

const permissionBits = 0o777;

/** Never an existing file, never through a link. (Windows has no O_NOFOLLOW and counts it as 0.) */
const createFlags =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Creates a tree below a folder that it makes itself and that nobody else writes to. Only creates:
 * what is there already, under whatever spelling the file system takes for the same name, is a
 * conflict, and nothing is ever created in a folder that the writer has not made. So no entry can
 * go through a link or take another's place.
 */
export class TreeWriter implements EntryWriter {
  readonly #root: string;
  /** Every folder below the root, parents first, with the mode that it shall have in the end. */
  readonly #folders = new Map<string, number | null>();
  #rootMode: number | null = null;
  #file: { readonly descriptor: number; readonly mode: number } | null = null;

  constructor(root: string) {
    this.#root = root;
    mkdirSync(root);
  }

  /** By default the root has what the umask leaves. */
  setRootMode(mode: number): void {
    if (this.#rootMode !== null) throw entryConflict('.');
    this.#rootMode = mode & permissionBits;
  }

  addFolder(path: string, mode: number): void {
    const known = this.#folders.get(path);
    if (known !== undefined && known !== null) throw entryConflict(path);
    if (known === undefined) this.#makeFolder(path);
    this.#folders.set(path, mode & permissionBits);
  }

  addLink(path: string, target: string): void {
    this.#makeParents(path);
    create(path, () => {
      symlinkSync(target, `${this.#root}/${path}`);
    });
  }

  beginFile(path: string, mode: number): void {
    this.#makeParents(path);
    const descriptor = create(path, () => openSync(`${this.#root}/${path}`, createFlags, 0o600));
    this.#file = { descriptor, mode: mode & permissionBits };
  }

  write(chunk: Uint8Array): void {
    if (this.#file) writeFully(this.#file.descriptor, chunk);
  }

  endFile(): void {
    // Not the mode at creation, which the umask would change.
    if (this.#file) fchmodSync(this.#file.descriptor, this.#file.mode);
    this.close();
  }

  /** Gives the folders their modes, last of all: a read-only folder takes no entries. */
  finish(): void {
    for (const [path, mode] of [...this.#folders].reverse()) {
      if (mode !== null) chmodSync(`${this.#root}/${path}`, mode);
    }
    if (this.#rootMode !== null) chmodSync(this.#root, this.#rootMode);
  }

  /** Closes the file that is open, if any. */
  close(): void {
    const file = this.#file;
    this.#file = null;
    if (file) closeSync(file.descriptor);
  }

  #makeParents(path: string): void {
    const slash = path.lastIndexOf('/');
    if (slash === -1) return;
    const parent = path.slice(0, slash);
    if (!this.#folders.has(parent)) this.#makeFolder(parent);
  }

  #makeFolder(path: string): void {
    this.#makeParents(path);
    create(path, () => {
      mkdirSync(`${this.#root}/${path}`);
    });
    this.#folders.set(path, null);
  }
}

function create<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') throw entryConflict(path);
    throw error;
  }
}
