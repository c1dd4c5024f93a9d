import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { defaultArchiveLimits } from './archive-limits.ts';
import { packFolder } from './pack-folder.ts';
import {
  compress,
  createTestFolder,
  describeTree,
  makeTar,
  type MadeEntry,
} from './archive.fixture.ts';
import { refusalOf } from './refused-archive.fixture.ts';
import { unpackArchive } from './unpack-archive.ts';

const part = { folder: 'outputs', texts: ['code', 'terminalOutput'] };
const code: MadeEntry = { name: 'code', content: '3' };
const terminalOutput: MadeEntry = { name: 'terminalOutput', content: 'größtenteils ✔\n' };
const outputs: MadeEntry = { name: 'outputs/', type: 'directory', mode: 0o750 };

let test: ReturnType<typeof createTestFolder>;
let folder: string;

beforeEach(() => {
  test = createTestFolder();
  folder = join(test.path, 'target');
});

afterEach(() => {
  test.dispose();
});

async function unpackPart(entries: readonly MadeEntry[]) {
  const archive = Readable.from([compress(await makeTar(entries))]);
  return unpackArchive({ archive, folder, part });
}

describe('of an archive that holds more than the wanted folder', () => {
  it('only what is in that folder is written, without its name, and the texts are read', async () => {
    const { texts, entryCount } = await unpackPart([
      code,
      { name: 'note', content: 'nobody asked for it' },
      { name: 'outputsider/file', content: 'nor for this' },
      outputs,
      { name: 'outputs/code', content: 'another one', mode: 0o644 },
      { name: 'outputs/lib/tool', content: '#!/bin/sh', mode: 0o755 },
      { name: 'outputs/link', type: 'symlink', linkname: 'lib/tool' },
      terminalOutput,
    ]);
    expect(texts).toEqual({ code: '3', terminalOutput: 'größtenteils ✔\n' });
    expect(entryCount).toBe(8);
    expect(describeTree(folder).map((line) => line.replace(/^folder \d+/, 'folder'))).toEqual([
      'file 644 code another one',
      'folder lib',
      'file 755 lib/tool #!/bin/sh',
      'link link -> lib/tool',
    ]);
    expect(statSync(folder).mode & 0o777).toBe(0o750);
    expect(readdirSync(test.path)).toEqual(['target']);
  });

  it('nothing is left of what stood in its place', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'stale'), '');
    await unpackPart([code, terminalOutput, { name: 'outputs/new', content: '' }]);
    expect(readdirSync(folder)).toEqual(['new']);
    expect(readdirSync(test.path)).toEqual(['target']);
  });

  it('an empty folder is made where it is absent', async () => {
    await unpackPart([code, terminalOutput]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('an archive is refused', () => {
  it.each<[string, MadeEntry[], string]>([
    ['without one of the texts', [code, outputs], 'LARDER_ARCHIVE_CORRUPT'],
    [
      'whose text is a folder',
      [{ name: 'code/', type: 'directory' }, terminalOutput],
      'LARDER_ARCHIVE_CORRUPT',
    ],
    [
      'whose text is a link',
      [{ name: 'code', type: 'symlink', linkname: 'terminalOutput' }, terminalOutput],
      'LARDER_ARCHIVE_UNSAFE_LINK',
    ],
    ['with a text twice', [code, code, terminalOutput], 'LARDER_ARCHIVE_CONFLICT'],
    ['with the folder twice', [code, terminalOutput, outputs, outputs], 'LARDER_ARCHIVE_CONFLICT'],
    [
      'whose folder is a file',
      [code, terminalOutput, { name: 'outputs', content: '' }],
      'LARDER_ARCHIVE_CORRUPT',
    ],
    [
      'whose folder is a link',
      [code, terminalOutput, { name: 'outputs', type: 'symlink', linkname: 'code' }],
      'LARDER_ARCHIVE_UNSAFE_LINK',
    ],
    [
      'with a file that is left out but has an unsafe name',
      [code, terminalOutput, { name: '../note', content: '' }],
      'LARDER_ARCHIVE_UNSAFE_NAME',
    ],
  ])('%s', async (_what, entries, error) => {
    await expect(refusalOf(entries, { part })).resolves.toBe(error);
  });

  it('whose texts would fill the memory, together', async () => {
    const limits = { ...defaultArchiveLimits, maxTextBytes: 1_000_000 };
    const large = { name: 'terminalOutput', content: 'x'.repeat(1_000_000) };
    await expect(refusalOf([code, large], { part, limits })).resolves.toBe(
      'LARDER_ARCHIVE_TOO_LARGE',
    );
  });
});

it('text that could not be read again is not packed', async () => {
  const attempt = packFolder({
    folder: test.path,
    entries: [{ name: 'terminalOutput', text: '✔'.repeat(10) }],
    file: join(test.path, 'archive'),
    limits: { ...defaultArchiveLimits, maxTextBytes: 29 },
  });
  await expect(attempt).rejects.toMatchObject({ code: 'LARDER_ARCHIVE_TOO_LARGE' });
  expect(readdirSync(test.path)).toEqual([]);
});
