import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { createTestBed, until } from '../../testing/test-bed.fixture.ts';
import type { SpoolEntry } from './spool-entry.ts';
import { spoolEntry } from './spool-entry.fixture.ts';
import { createSpoolFolder, type SpoolFolder, type SpoolLimits } from './spool-folder.ts';

const bed = createTestBed();
let folder: string;
let spool: SpoolFolder;

beforeEach(() => {
  folder = join(bed.makeFolder(), 'spool');
  spool = createSpoolFolder(folder);
});
afterEach(() => bed.cleanUp());

const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
const names = () => readdirSync(folder).sort();

function chunks(text: string, chunkBytes: number): Readable {
  const pieces = text.match(new RegExp(`.{1,${chunkBytes}}`, 'g')) ?? [];
  return Readable.from(pieces.map((piece) => Buffer.from(piece)));
}

/** Puts an entry and its body there as the agent does. */
async function keep(overrides: Partial<SpoolEntry>, body = 'hello'): Promise<SpoolEntry> {
  const sizeBytes = Buffer.byteLength(body);
  const entry = spoolEntry({ content: { kind: 'body', sizeBytes }, ...overrides });
  await spool.writeBody(entry.id, Readable.from([Buffer.from(body)]), sizeBytes);
  await spool.add(entry);
  return entry;
}

describe('a body', () => {
  it.each([1, 3, 7, 100])('arrives byte by byte in chunks of %d', async (chunkBytes) => {
    const text = 'an artifact of thirty-one bytes';
    await spool.writeBody('a', chunks(text, chunkBytes), text.length);
    expect(readFileSync(spool.bodyFile('a'), 'utf8')).toBe(text);
    expect(names()).toEqual(['a.body']);
  });

  it('may be empty', async () => {
    await spool.writeBody('a', Readable.from([]), 0);
    expect(readFileSync(spool.bodyFile('a'))).toHaveLength(0);
  });

  it('does not appear before its last byte has arrived', async () => {
    const body = new PassThrough();
    const written = spool.writeBody('a', body, 10);
    body.write('hello');
    await until('the first bytes are on disk', () => existsSync(folder) && names().length === 1);
    expect(existsSync(spool.bodyFile('a'))).toBe(false);
    body.end('world');
    await written;
    expect(names()).toEqual(['a.body']);
  });

  it.each([
    ['shorter than announced', 'hell'],
    ['longer than announced', 'hello!'],
    ['empty', ''],
  ])('that is %s is refused and leaves nothing', async (_what, text) => {
    await expect(spool.writeBody('a', chunks(text, 2), 5)).rejects.toThrow('5 were announced');
    expect(names()).toEqual([]);
  });

  it('that breaks off is refused and leaves nothing', async () => {
    const body = new PassThrough();
    const written = spool.writeBody('a', body, 10);
    body.write('hello');
    await until('the first bytes are on disk', () => existsSync(folder) && names().length === 1);
    body.destroy(new Error('the client went away'));
    await expect(written).rejects.toThrow('the client went away');
    expect(names()).toEqual([]);
  });

  it('fails with the error of a disk that takes nothing', async () => {
    writeFileSync(folder, 'a file where the folder should be');
    await expect(spool.writeBody('a', chunks('hello', 2), 5)).rejects.toMatchObject({
      code: expect.stringMatching(/^(EEXIST|ENOTDIR)$/) as string,
    });
  });

  it('is only for the eyes of its owner', async () => {
    await keep({ id: 'a' });
    expect(mode(folder)).toBe('700');
    expect(mode(join(folder, 'a.body'))).toBe('600');
    expect(mode(join(folder, 'a.json'))).toBe('600');
  });
});

describe('an entry', () => {
  it('does not exist before it is described', async () => {
    await spool.writeBody('a', chunks('hello', 5), 5);
    expect(await spool.read('a')).toBeNull();
    expect(await spool.list()).toEqual([]);
    const entry = spoolEntry({ id: 'a' });
    await spool.add(entry);
    expect(await spool.read('a')).toEqual(entry);
    expect(await spool.list()).toEqual([entry]);
    expect(names()).toEqual(['a.body', 'a.json']);
  });

  it('can be a folder that is still to be packed', async () => {
    const entry = spoolEntry({ id: 'a', content: { kind: 'folder', folder: '/cache/123' } });
    await spool.add(entry);
    expect(await spool.list()).toEqual([entry]);
  });

  it('can be described anew', async () => {
    await spool.add(spoolEntry({ id: 'a', content: { kind: 'folder', folder: '/cache/123' } }));
    const entry = await keep({ id: 'a' });
    expect(await spool.list()).toEqual([entry]);
  });

  it('is gone with body and description once it is removed, however often', async () => {
    await keep({ id: 'a' });
    await keep({ id: 'b' });
    await spool.remove('a');
    await spool.remove('a');
    expect(names()).toEqual(['b.body', 'b.json']);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['half of it', JSON.stringify(spoolEntry({ id: 'a' })).slice(0, 40)],
    ['another language', 'id: a'],
    ['no object', 'null'],
    ['an empty object', '{}'],
    ['another id', JSON.stringify(spoolEntry({ id: 'b' }))],
    ...['runId', 'taskHash', 'artifactHash', 'durationMs', 'isHeld', 'createdAt', 'upstream'].map(
      (field): [string, string] => [
        `no ${field}`,
        JSON.stringify({ ...spoolEntry({ id: 'a' }), [field]: undefined }),
      ],
    ),
    ...[{ kind: 'body' }, { kind: 'folder' }, { kind: 'link' }, null].map(
      (content): [string, string] => [
        `the content ${JSON.stringify(content)}`,
        JSON.stringify({ ...spoolEntry({ id: 'a' }), content }),
      ],
    ),
  ])('whose description holds %s does not exist', async (_what, text) => {
    const other = await keep({ id: 'other' });
    writeFileSync(join(folder, 'a.json'), text);
    expect(await spool.read('a')).toBeNull();
    expect(await spool.list()).toEqual([other]);
  });
});

describe('the list', () => {
  it('is empty without a folder', async () => {
    expect(await spool.list()).toEqual([]);
  });

  it('begins with the oldest', async () => {
    for (const [id, createdAt] of [
      ['b', 2],
      ['c', 1],
      ['a', 2],
    ] as const) {
      await keep({ id, createdAt });
    }
    expect((await spool.list()).map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  });

  it('ignores what is no entry', async () => {
    const entry = await keep({ id: 'a' });
    mkdirSync(join(folder, 'folder.json'));
    for (const name of ['orphan.body', 'x.body.partial', 'x.json.tmp', '.json', 'README']) {
      writeFileSync(join(folder, name), '');
    }
    expect(await spool.list()).toEqual([entry]);
  });
});

describe('a sweep', () => {
  const now = Date.UTC(2026, 0, 10);
  const anHourMs = 60 * 60 * 1000;
  const limits: SpoolLimits = {
    maxBytes: 1000,
    maxAgeMs: 24 * anHourMs,
    now,
    isInUse: () => false,
  };
  const ids = async () => (await spool.list()).map(({ id }) => id);

  function age(name: string, ageMs: number): void {
    const at = new Date(now - ageMs);
    utimesSync(join(folder, name), at, at);
  }

  it('of nothing does nothing', async () => {
    await spool.sweep(limits);
    expect(existsSync(folder)).toBe(false);
  });

  it('keeps what is within the limits', async () => {
    await keep({ id: 'a', createdAt: now - limits.maxAgeMs }, 'x'.repeat(500));
    await keep({ id: 'b', createdAt: now }, 'x'.repeat(500));
    await spool.sweep(limits);
    expect(await ids()).toEqual(['a', 'b']);
    expect(names()).toEqual(['a.body', 'a.json', 'b.body', 'b.json']);
  });

  it('removes what is too old, body and description', async () => {
    await keep({ id: 'a', createdAt: now - limits.maxAgeMs - 1 });
    await keep({ id: 'b', createdAt: now - limits.maxAgeMs });
    await spool.sweep(limits);
    expect(names()).toEqual(['b.body', 'b.json']);
  });

  it('removes the oldest when there is too much', async () => {
    await keep({ id: 'oldest', createdAt: now - 3 }, 'x');
    await keep({ id: 'older', createdAt: now - 2 }, 'x'.repeat(600));
    await keep({ id: 'newer', createdAt: now - 1 }, 'x'.repeat(600));
    await keep({ id: 'newest', createdAt: now }, 'x'.repeat(400));
    await spool.sweep(limits);
    expect(await ids()).toEqual(['newer', 'newest']);
  });

  it('leaves alone what is in use, and counts it', async () => {
    await keep({ id: 'ancient', createdAt: 0 }, 'x'.repeat(300));
    await keep({ id: 'old', createdAt: now - 2 }, 'x'.repeat(600));
    await keep({ id: 'new', createdAt: now - 1 }, 'x'.repeat(900));
    await spool.sweep({ ...limits, isInUse: (id) => id === 'ancient' || id === 'new' });
    expect(await ids()).toEqual(['ancient', 'new']);
  });

  it('counts the bytes on disk and not those in the description', async () => {
    const content = { kind: 'body', sizeBytes: 0 } as const;
    await keep({ id: 'a', createdAt: now - 1, content }, 'x'.repeat(600));
    await spool.add(
      spoolEntry({ id: 'lost', createdAt: now, content: { ...content, sizeBytes: 9999 } }),
    );
    await keep({ id: 'b', createdAt: now, content }, 'x'.repeat(600));
    await spool.sweep(limits);
    expect(await ids()).toEqual(['b', 'lost']);
  });

  it('removes what a writer left half-way when it is older than an hour', async () => {
    await keep({ id: 'a', createdAt: now });
    const leftovers = ['x.body.partial', 'x.json.tmp', 'x.body', 'broken.json', 'a.body.1.partial'];
    for (const name of leftovers) {
      writeFileSync(join(folder, name), 'half');
      writeFileSync(join(folder, `new-${name}`), 'half');
      age(name, anHourMs + 1000);
      age(`new-${name}`, anHourMs - 1000);
    }
    age('a.body', 2 * anHourMs);
    age('a.json', 2 * anHourMs);
    await spool.sweep(limits);
    expect(names()).toEqual(['a.body', 'a.json', ...leftovers.map((name) => `new-${name}`)].sort());
  });

  it('gets past a folder that somebody has put there', async () => {
    mkdirSync(join(folder, 'nested'), { recursive: true });
    writeFileSync(join(folder, 'nested/file'), '');
    age('nested', 2 * anHourMs);
    await keep({ id: 'a', createdAt: 0 });
    await spool.sweep(limits);
    expect(names()).toEqual([]);
  });
});
