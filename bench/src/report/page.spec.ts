import { type Area } from '../runner/bench.ts';
import { createPage } from './page.ts';
import { readKeptResults, readPage } from './report-files.ts';
import { aFigure, aRatio, aResult, aSide } from './results.fixture.ts';

const MAX_PLOT_BYTES = 40_000;

const larder = aSide('Larder', 150);
const tar = aSide('tar | zstd -1', 100);

async function pageOf(...results: Parameters<typeof createPage>[0]): Promise<string> {
  return (await createPage(results)).get('performance.md') ?? '';
}

/** Cells of the line of a table that begins with the text, or has it in its second cell. */
function rowOf(page: string, text: string): string[] {
  const row = page
    .split('\n')
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .find((cells) => cells.includes(text));
  return row?.slice(1, -1) ?? [];
}

describe('the page in docs', () => {
  it('is what its results make of it, plots and all', async () => {
    const files = await createPage(await readKeptResults());
    const inDocs = await readPage();
    expect([...inDocs.keys()].sort()).toEqual([...files.keys()].sort());
    for (const [name, text] of files) expect([name, inDocs.get(name)]).toEqual([name, text]);
  });

  it('has plots that are small', async () => {
    for (const [name, text] of await readPage()) {
      if (!name.endsWith('.svg')) continue;
      expect([name, Buffer.byteLength(text) < MAX_PLOT_BYTES]).toEqual([name, true]);
    }
  });
});

describe('a page', () => {
  it('shows a gate with its reference, the ratio with its extremes, and the rounds', async () => {
    const ratio = aRatio(larder, tar, { what: 'packing', gate: 2.5, aim: 1.8 });
    const page = await pageOf(aResult({ measures: [ratio] }));
    expect(rowOf(page, '[Packing](#packing)')).toEqual([
      '[Packing](#packing)',
      'packing: CPU',
      String.raw`Larder against tar \| zstd -1`,
      '1.50× (1.35 to 1.65)',
      '10',
      '2.5×',
      '1.8×',
      'aim met',
    ]);
    expect(page).toContain('1 of 1 gates are met, and 1 of 1 aims.');
  });

  it('says that a gate is missed, in the table and beside the bench', async () => {
    const ratio = aRatio(larder, tar, { what: 'packing', gate: 1.3, aim: 1.1 });
    const page = await pageOf(aResult({ measures: [ratio] }));
    expect(rowOf(page, '[Packing](#packing)').at(-1)).toBe('**missed**');
    expect(page).toContain('0 of 1 gates are met, and 0 of 1 aims.');
    expect(page).toContain(
      String.raw`**Missed:** packing is at 1.50× tar \| zstd -1, and the gate is at 1.3×.`,
    );
  });

  it('says that a gate is met where the aim is not', async () => {
    const ratio = aRatio(larder, tar, { gate: 1.5, aim: 1.4 });
    const page = await pageOf(aResult({ measures: [ratio] }));
    expect(rowOf(page, '[Packing](#packing)').at(-1)).toBe('met');
    expect(page).not.toContain('issed:');
  });

  it('gives a figure that was taken once no extremes', async () => {
    const value = { median: 120, least: 120, greatest: 120, rounds: 1 };
    const page = await pageOf(aResult({ measures: [aFigure({ what: 'packing', value })] }));
    expect(page).toContain('| packing |   120 MB |');
    expect(page).not.toContain('packing |   120 MB (');
  });

  it('leaves what has no gate out of the table at its top', async () => {
    const page = await pageOf(aResult({ measures: [aFigure()] }));
    expect(page).toContain('0 of 0 gates are met.');
    expect(page).not.toContain('[Packing]');
  });

  it('names the machine, the date and the versions, of ours and of peers', async () => {
    const page = await pageOf(aResult({ peers: { 'node-tar': '7.5.1' } }));
    expect(page).toContain(
      'Measured on 2026-01-02: 2 cores of Some CPU, 24 GB, Linux 6.1 x64, Node 20.19.0, ' +
        '@larder/nx 0.1.0, node-tar 7.5.1. The result is',
    );
  });

  it('says when a bench did not watch the machine', async () => {
    expect(await pageOf(aResult({ rounds: [] }))).toContain('The machine was not watched.');
    expect(await pageOf(aResult())).not.toContain('was not watched.');
  });

  it('draws the ratios that have a gate when there are several', async () => {
    const measures = [1.3, 2, 3].map((gate) => aRatio(larder, tar, { what: `at ${gate}`, gate }));
    const result = aResult({ measures: [...measures, aRatio(larder, tar, { what: 'free' })] });
    const files = await createPage([result]);
    const svg = files.get('performance/at-a-glance.svg') ?? '';
    expect(svg).toContain('at 1.3: CPU, against tar | zstd -1</text>');
    expect(svg).not.toContain('free');
    expect(files.get('performance.md')).toContain('0 of 3 are below 1×, and 1 beyond their gates.');
    const few = await createPage([aResult({ measures: measures.slice(1) })]);
    expect(few.has('performance/at-a-glance.svg')).toBe(false);
  });

  it('survives a ratio of what is less than nothing', async () => {
    const added = aRatio(aSide('hooks', -20), aSide('direct', 100), { gate: 1 });
    const files = await createPage([aResult({ measures: [added, added, added] })]);
    expect([...files.values()].join('')).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('is the same whatever the order of the results and of what was drawn before', async () => {
    const ratio = aRatio(larder, tar, { gate: 1.3 });
    const a = aResult({ name: 'a', title: 'A', measures: [ratio] });
    const b = aResult({ name: 'b', title: 'B', measures: [ratio] });
    const [first, second] = [await createPage([a, b]), await createPage([b, a])];
    expect([...second]).toEqual([...first]);
    expect(first.get('performance/a.svg')).toBe(first.get('performance/b.svg'));
  });

  it('refuses a result of an area that it has no section for', async () => {
    const result = aResult({ area: 'kitchen' as Area });
    await expect(createPage([result])).rejects.toThrow(
      'archive-pack belongs to "kitchen", which is no section of docs/performance.md.',
    );
  });

  it.each(['Packing', 'The archive'])('refuses a second heading "%s"', async (title) => {
    const results = [aResult(), aResult({ name: 'other', title })];
    await expect(createPage(results)).rejects.toThrow(`other has the title "${title}"`);
  });
});
