import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { pack, type Header } from '../../vendor/tar-stream/index.js';
import { removeTree } from './remove-tree.ts';

/** One entry of a tar archive that a test makes up. */
export type MadeEntry = Partial<Omit<Header, 'type'>> & {
  readonly name: string;
  readonly type?: Header['type'] | null;
  readonly content?: string | Buffer;
};

/** A folder of the test's own; `dispose` removes it with all that is in it. */
export function createTestFolder(): { readonly path: string; dispose(): void } {
  const path = mkdtempSync(join(tmpdir(), 'larder-archive-'));
  return {
    path,
    dispose: () => {
      removeTree(path);
    },
  };
}

/** The bytes of a tar archive with these entries, however hostile. */
export async function makeTar(entries: readonly MadeEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { content, ...header } of entries) {
    const complete = { mtime: new Date(0), ...header } as Header;
    if (content === undefined) tar.entry(complete);
    else tar.entry(complete, content);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function compress(tar: Buffer): Buffer {
  return brotliCompressSync(tar, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

export function decompress(archive: Buffer): Buffer {
  return brotliDecompressSync(archive);
}

/** Writes a new value into a header's field and corrects the header's checksum. */
export function patchHeader(
  tar: Buffer,
  headerOffset: number,
  fieldOffset: number,
  value: string | Buffer,
): Buffer {
  const patched = Buffer.from(tar);
  const header = patched.subarray(headerOffset, headerOffset + 512);
  Buffer.from(value).copy(header, fieldOffset);
  header.fill(' ', 148, 156);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  return patched;
}

/** Everything below a folder as lines of type, mode, path and content, to be compared. */
export function describeTree(root: string, below = ''): string[] {
  return readdirSync(join(root, below))
    .sort()
    .flatMap((name) => {
      const path = below === '' ? name : `${below}/${name}`;
      const stats = lstatSync(join(root, path));
      const mode = (stats.mode & 0o7777).toString(8);
      if (stats.isSymbolicLink()) return [`link ${path} -> ${readlinkSync(join(root, path))}`];
      if (stats.isDirectory()) return [`folder ${mode} ${path}`, ...describeTree(root, path)];
      const content = readFileSync(join(root, path));
      const shown = content.length > 64 ? `${content.length} bytes` : content.toString();
      return [`file ${mode} ${path} ${shown}`];
    });
}

export function writeFileWithMode(path: string, content: string | Buffer, mode: number): void {
  writeFileSync(path, content);
  chmodSync(path, mode);
}
