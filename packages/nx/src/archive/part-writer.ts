import { corrupt, entryConflict, tooMuchText } from './archive-error.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import type { EntryWriter } from './entry-writer.ts';
import type { TreeWriter } from './tree-writer.ts';

/** What is wanted of an archive that holds more than a folder. */
export interface ArchivePart {
  /** The folder in it that is written: what is in there, without its name. It may be absent. */
  readonly folder: string;
  /** Files in it that are read instead of written. All must be there. */
  readonly texts: readonly string[];
}

/** Writes a folder of the archive to the tree, reads texts, and leaves everything else out. */
export class PartWriter implements EntryWriter {
  readonly #tree: TreeWriter;
  readonly #part: ArchivePart;
  readonly #maxTextBytes: number;
  readonly #texts = new Map<string, Buffer[]>();
  /** Where the file that is begun goes; null for nowhere. */
  #file: 'tree' | Buffer[] | null = null;
  #textBytes = 0;

  constructor(tree: TreeWriter, part: ArchivePart, { maxTextBytes }: ArchiveLimits) {
    this.#tree = tree;
    this.#part = part;
    this.#maxTextBytes = maxTextBytes;
  }

  addFolder(path: string, mode: number): void {
    if (path === this.#part.folder) this.#tree.setRootMode(mode);
    else {
      this.#whenWithin(path, (inner) => {
        this.#tree.addFolder(inner, mode);
      });
    }
  }

  addLink(path: string, target: string): void {
    this.#whenWithin(path, (inner) => {
      this.#tree.addLink(inner, target);
    });
  }

  beginFile(path: string, mode: number): void {
    if (path === this.#part.folder) throw corrupt(`${JSON.stringify(path)} is no folder`);
    if (this.#part.texts.includes(path)) {
      if (this.#texts.has(path)) throw entryConflict(path);
      const chunks: Buffer[] = [];
      this.#texts.set(path, chunks);
      this.#file = chunks;
    } else {
      this.#whenWithin(path, (inner) => {
        this.#tree.beginFile(inner, mode);
        this.#file = 'tree';
      });
    }
  }

  write(chunk: Uint8Array): void {
    if (this.#file === 'tree') this.#tree.write(chunk);
    else if (this.#file !== null) {
      this.#textBytes += chunk.length;
      if (this.#textBytes > this.#maxTextBytes) throw tooMuchText(this.#maxTextBytes);
      // A copy: a part of a large piece of memory would keep all of it.
      this.#file.push(Buffer.from(chunk));
    }
  }

  endFile(): void {
    if (this.#file === 'tree') this.#tree.endFile();
    this.#file = null;
  }

  /**
   * By their names, when all of the archive has been written.
   * @throws LarderError `LARDER_ARCHIVE_CORRUPT` when one is not there.
   */
  texts(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#part.texts.map((name) => {
        const chunks = this.#texts.get(name);
        if (chunks === undefined) throw corrupt(`it holds no file ${JSON.stringify(name)}`);
        return [name, Buffer.concat(chunks).toString('utf8')];
      }),
    );
  }

  #whenWithin(path: string, action: (inner: string) => void): void {
    const prefix = `${this.#part.folder}/`;
    if (path.startsWith(prefix)) action(path.slice(prefix.length));
  }
}
