import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  createReadStream,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createTestFolder, describeTree, writeFileWithMode } from './archive.fixture.ts';
import { packFolder } from './pack-folder.ts';
import { unpackArchive } from './unpack-archive.ts';

const entries = ['code', 'outputs', 'terminalOutput'];

describe('packing and unpacking', () => {
  let test: ReturnType<typeof createTestFolder>;
  let source: string;
  let file: string;
  let target: string;

  beforeEach(() => {
    test = createTestFolder();
    source = join(test.path, 'source');
    file = join(test.path, 'archive');
    target = join(test.path, 'target');
    mkdirSync(join(source, 'outputs'), { recursive: true });
  });

  afterEach(() => {
    test.dispose();
  });

  async function roundTrip() {
    const packed = await packFolder({ folder: source, entries, file });
    const unpacked = await unpackArchive({ archive: createReadStream(file), folder: target });
    expect(unpacked).toEqual({ ...packed, texts: {} });
    expect(readFileSync(file)).toHaveLength(packed.sizeBytes);
    expect(readdirSync(test.path).sort()).toEqual(['archive', 'source', 'target']);
    return packed;
  }

  function output(path: string): string {
    return join(source, 'outputs', path);
  }

  it('keep content, structure, permission bits and links', async () => {
    writeFileSync(join(source, 'code'), Buffer.from([0, 0, 0, 0]));
    writeFileSync(join(source, 'terminalOutput'), 'done \u001b[32m✔\u001b[0m\n');
    mkdirSync(output('dist/lib/deep/deeper'), { recursive: true });
    mkdirSync(output('dist/empty folder'));
    writeFileSync(output('dist/empty.txt'), '');
    writeFileSync(output('dist/lib/index.js'), 'export {};\n');
    writeFileWithMode(output('dist/run.sh'), '#!/bin/sh\n', 0o755);
    writeFileWithMode(output('dist/secret'), 'x', 0o600);
    writeFileWithMode(output('dist/open'), 'x', 0o666);
    writeFileWithMode(output('dist/read-only'), 'x', 0o444);
    mkdirSync(output('dist/shared'));
    chmodSync(output('dist/shared'), 0o777);
    writeFileSync(output('dist/name with blanks.txt'), 'blanks');
    writeFileSync(output('dist/größe-数-😀.txt'), 'letters');
    writeFileSync(output(`dist/line\nbreak and "quotes"`), 'odd');
    symlinkSync('lib/index.js', output('dist/link'));
    symlinkSync('../../dist', output('dist/lib/up'));
    symlinkSync('not/there', output('dist/dangling'));
    symlinkSync('größe-数-😀.txt', output('dist/línk'));
    await roundTrip();
    expect(describeTree(target)).toEqual(describeTree(source));
  });

  it.each([99, 100, 101, 155, 156, 250, 255])(
    'keep names of %d characters, alone and in folders as long',
    async (length) => {
      const name = 'n'.repeat(length);
      mkdirSync(output(`${name}/${name}`), { recursive: true });
      writeFileSync(output(`${name}/${name}/${name}`), 'deep');
      writeFileSync(output('é'.repeat(Math.floor(length / 2))), 'not ASCII');
      symlinkSync(`${name}/${name}/${name}`, output('link'));
      await roundTrip();
      expect(describeTree(target)).toEqual(describeTree(source));
    },
  );

  it('keep folders that nobody may write to', async () => {
    mkdirSync(output('dist/inner'), { recursive: true });
    writeFileSync(output('dist/inner/file'), 'x');
    chmodSync(output('dist/inner'), 0o555);
    chmodSync(output('dist'), 0o500);
    await roundTrip();
    expect(describeTree(target)).toEqual(describeTree(source));
  });

  it('keep a mode without any bit', async () => {
    // Only the superuser can read such a file.
    if (process.getuid?.() !== 0) return;
    writeFileWithMode(output('closed'), 'x', 0);
    await roundTrip();
    expect(describeTree(target)).toEqual(describeTree(source));
  });

  it('drop the set-id and sticky bits', async () => {
    writeFileWithMode(output('tool'), 'x', 0o6755);
    mkdirSync(output('folder'));
    chmodSync(output('folder'), 0o3777);
    await roundTrip();
    expect(describeTree(target)).toEqual([
      'folder 755 outputs',
      'folder 777 outputs/folder',
      'file 755 outputs/tool x',
    ]);
  });

  it('keep files of sizes around those at which the way of reading and writing changes', async () => {
    const kiB = 1024;
    for (const size of [
      1,
      511,
      512,
      513,
      256 * kiB - 1,
      256 * kiB,
      256 * kiB + 1,
      1024 * kiB,
      1025 * kiB,
    ]) {
      writeFileSync(output(String(size)), randomBytes(size));
    }
    await roundTrip();
    for (const name of readdirSync(join(source, 'outputs'))) {
      expect(readFileSync(join(target, 'outputs', name)).equals(readFileSync(output(name)))).toBe(
        true,
      );
    }
  });

  it('keep a large file that is mostly empty', async () => {
    const size = 50_000_000;
    const descriptor = openSync(output('large'), 'w');
    ftruncateSync(descriptor, size);
    for (let offset = 0; offset < size; offset += 7_000_000) {
      writeSync(descriptor, randomBytes(70_000), 0, 70_000, offset);
    }
    closeSync(descriptor);
    await expect(roundTrip()).resolves.toMatchObject({ unpackedBytes: size });
    const restored = readFileSync(join(target, 'outputs/large'));
    expect(restored.equals(readFileSync(output('large')))).toBe(true);
  });

  it('keep more small files than fit into one batch', async () => {
    for (let i = 0; i < 1000; i++) writeFileSync(output(`file ${i}`), randomBytes(i * 10));
    await expect(roundTrip()).resolves.toMatchObject({ entryCount: 1001 });
    expect(describeTree(target)).toEqual(describeTree(source));
  });

  it('skip entries that do not exist and leave out what is not named', async () => {
    writeFileSync(join(source, 'source'), 'machine');
    writeFileSync(join(source, 'code'), '0');
    await roundTrip();
    expect(describeTree(target)).toEqual(['file 644 code 0', 'folder 755 outputs']);
  });

  it('work with nothing at all', async () => {
    const { sizeBytes } = await packFolder({ folder: source, entries: ['code'], file });
    await expect(
      unpackArchive({ archive: createReadStream(file), folder: target }),
    ).resolves.toEqual({
      sizeBytes,
      unpackedBytes: 0,
      entryCount: 0,
      texts: {},
    });
    expect(readdirSync(target)).toEqual([]);
  });

  it('replace what is at the target', async () => {
    writeFileSync(join(source, 'code'), 'new');
    mkdirSync(join(target, 'outputs'), { recursive: true });
    writeFileSync(join(target, 'outputs/old'), 'old');
    chmodSync(join(target, 'outputs'), 0o555);
    writeFileSync(file, 'old archive');
    await roundTrip();
    expect(describeTree(target)).toEqual(['file 644 code new', 'folder 755 outputs']);
  });

  it('come back as they were when they are packed densely', async () => {
    writeFileSync(output('a'), 'a'.repeat(1e6));
    await packFolder({ folder: source, entries, file, compression: 'dense' });
    await unpackArchive({ archive: createReadStream(file), folder: target });
    expect(describeTree(target)).toEqual(describeTree(source));
  });

  it('give the same bytes for the same tree, whoever wrote it and when', async () => {
    const twin = join(test.path, 'twin');
    const names = ['b', 'a', 'a-b', 'z', 'é', '😀', '\uffee'];
    for (const [folder, order] of [
      [source, names],
      [twin, names.toReversed()],
    ] as const) {
      mkdirSync(join(folder, 'outputs/a.dir'), { recursive: true });
      for (const name of order) {
        writeFileSync(join(folder, 'outputs', name), name);
        writeFileSync(join(folder, 'outputs/a.dir', name), name);
        utimesSync(join(folder, 'outputs', name), Math.random() * 1e9, Math.random() * 1e9);
      }
    }
    const second = join(test.path, 'second');
    await packFolder({ folder: source, entries, file });
    await packFolder({ folder: twin, entries: entries.toReversed(), file: second });
    expect(readFileSync(second).equals(readFileSync(file))).toBe(true);
    expect(existsSync(target)).toBe(false);
  });
});
