import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withMemoryFolder } from '../memory/memory-folder.ts';
import {
  type Bench,
  type BenchContext,
  type BenchResult,
  type Line,
  type Measure,
} from '../runner/bench.ts';
import { figure } from '../runner/measures.ts';
import { startLarder, type Packer } from './packers.ts';
import { makeTreeOfBundles, type TreeShape } from './trees.ts';

const ROUNDS = 3;
/** Of the largest, which take half a minute each. */
const FEWER_ROUNDS = 1;
const SIZES = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const COUNTS = [2, 20, 200, 2_000, 20_000, 200_000];
const FILE_BYTES = 1_000;
const isLargest = ({ bytes, files }: TreeShape): boolean => bytes >= 1e9 || files >= 200_000;
/** Small ones are made several times in each round: one alone is too short to be measured. */
const SMALL_BYTES = 1e6;

interface Costs {
  readonly pack: number;
  readonly unpack: number;
}

export const archiveGrowth: Bench = {
  name: 'archive-growth',
  area: 'growth',
  title: 'Archives, as they grow',
  question: 'What does an archive cost as it grows to 1 GB and to 200,000 files?',
  async run(context) {
    const packer = startLarder();
    try {
      return await withMemoryFolder((folder) => measureAll(context, { packer, folder }));
    } finally {
      await packer.end();
    }
  },
};

interface Setting {
  readonly packer: Packer;
  readonly folder: string;
}

async function measureAll(context: BenchContext, setting: Setting): Promise<BenchResult> {
  const measures: Measure[] = [];
  const bySize: Costs[] = [];
  for (const bytes of SIZES) {
    const name = `${bytes / 1e6} MB`;
    const costs = await measure(context, setting, { name, files: 1, bytes });
    bySize.push(costs);
    measures.push(...figuresOf(`one file of ${name}`, costs));
  }
  const byCount: Costs[] = [];
  for (const files of COUNTS) {
    const name = `${files} files of 1 kB`;
    const costs = await measure(context, setting, { name, files, bytes: files * FILE_BYTES });
    byCount.push(costs);
    measures.push(...figuresOf(name, costs));
  }
  return {
    measures,
    growth: [
      { what: 'CPU of an archive', unit: 'ms', by: 'bytes', lines: linesOf(SIZES, bySize) },
      { what: 'CPU of an archive', unit: 'ms', by: 'files', lines: linesOf(COUNTS, byCount) },
    ],
    notes: [
      'The median of three rounds, of 1 GB and of 200,000 files a single one, in a process that goes on ' +
        'running and in a file system in memory: on ext4, making a file where others have just been ' +
        'removed takes more than ten times as long as all the rest, of GNU tar as of Larder.',
    ],
  };
}

/** CPU milliseconds of one archive. */
async function measure(
  context: BenchContext,
  { packer, folder }: Setting,
  shape: TreeShape,
): Promise<Costs> {
  context.onProgress(shape.name);
  const [tree, target, file] = ['tree', 'unpacked', 'archive'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await makeTreeOfBundles(shape, tree);
  try {
    const times = shape.bytes <= SMALL_BYTES ? 10 : 1;
    const pack = () => packer.perform({ action: 'pack', times, folder: tree, file });
    const unpack = () => packer.perform({ action: 'unpack', times, folder: target, file });
    // There has to be something to unpack, whichever has the first turn.
    await pack();
    const rounds = isLargest(shape) ? FEWER_ROUNDS : ROUNDS;
    const turns = await context.inTurns({ pack, unpack }, { rounds, warmUp: false });
    const medianOf = (costs: readonly { readonly cpuMs: number }[]) =>
      figure(
        '',
        costs.map(({ cpuMs }) => cpuMs / times),
        'ms',
      ).value.median;
    return { pack: medianOf(turns.pack), unpack: medianOf(turns.unpack) };
  } finally {
    await rm(tree, { recursive: true });
  }
}

function figuresOf(what: string, { pack, unpack }: Costs): Measure[] {
  return [figure(`pack ${what}: CPU`, pack, 'ms'), figure(`unpack ${what}: CPU`, unpack, 'ms')];
}

function linesOf(at: readonly number[], costs: readonly Costs[]): Line[] {
  return (['pack', 'unpack'] as const).map((name) => ({
    name,
    points: costs.map((cost, index) => ({ at: at[index] ?? NaN, value: cost[name] })),
  }));
}
