import { join } from 'node:path';
import { version as nodeTarVersion } from 'tar/package.json';
import { withMemoryFolder } from '../memory/memory-folder.ts';
import { type Bench, type BenchContext, type Measure, type Turns } from '../runner/bench.ts';
import { ensureTool } from '../runner/debian-tool.ts';
import { ratioOf } from '../runner/measures.ts';
import { type ArchiveTask } from './archive-task.ts';
import { gnuTar, startLarder, startNodeTar, type Packer } from './packers.ts';
import {
  LARGE_FILES,
  makeTree,
  makeTreeOfBundles,
  SMALL_FILES,
  TINY_FILES,
  type Tree,
} from './trees.ts';

const ROUNDS = 10;

/** For the trees that are not the headline: they take the longest. */
const FEWER_ROUNDS = 5;
/** The largest tree, and an archive of it. */
const MEMORY_BYTES = 200e6;
const TAR_AND_ZSTD = 'tar and zstd -1';
const LIMIT_BOUNDS = { gate: 2.5, aim: 1.8 };
const PEER_BOUNDS = { gate: 0.33, aim: 0.2 };

type Name = 'Larder' | 'node-tar' | typeof TAR_AND_ZSTD;

export const archiveCpu: Bench = {
  name: 'archive-cpu',
  area: 'archive',
  title: 'CPU of packing and unpacking',
  question: 'What does an archive cost, against GNU tar with zstd and against node-tar with gzip?',
  async run(context) {
    const zstd = ensureTool('zstd');
    const tar = ensureTool('tar');
    if (zstd === null || tar === null) throw new Error('GNU tar and zstd are needed.');
    context.onProgress('making trees of installed packages');
    const trees = [
      await makeTree(SMALL_FILES, join(context.folder, 'small')),
      await makeTree(TINY_FILES, join(context.folder, 'tiny')),
      await makeTreeOfBundles(LARGE_FILES, join(context.folder, 'large')),
    ];
    const packers: Record<Name, Packer> = {
      Larder: startLarder(),
      'node-tar': startNodeTar(),
      [TAR_AND_ZSTD]: gnuTar(),
    };
    try {
      const measures = await withMemoryFolder((output) =>
        measureTrees(context, trees, { packers, output }),
      );
      return {
        measures,
        notes: [
          'User and system time of whole processes. Larder and node-tar are ' +
            'processes that go on running, as the agent does, and their start does not count; of tar ' +
            'and zstd new processes start each time. The trees are js, ts, json, css and map files of ' +
            'the installed packages; what is written goes to memory, not to a disk.',
          'Of many tiny files most of the cost is that each is opened, looked at, read and closed, which ' +
            'depends on the machine: on another of the same kind, packing 20,000 files took Larder 815 ms ' +
            'and node-tar 3,775 ms, 0.209×. Nothing can be left out of these four calls.',
        ],
        peers: { 'node-tar': nodeTarVersion, 'GNU tar': tar, zstd },
      };
    } finally {
      for (const packer of Object.values(packers)) await packer.end();
    }
  },
};

interface Setting {
  readonly packers: Readonly<Record<Name, Packer>>;
  readonly tree: Tree;
  readonly output: string;
}

async function measureTrees(
  context: BenchContext,
  trees: readonly Tree[],
  setting: Omit<Setting, 'tree'>,
): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const tree of trees) {
    const turns = await measurePacking(context, { ...setting, tree });
    measures.push(...compare(`pack ${tree.name}`, turns, tree.name === SMALL_FILES.name));
    if (tree.name !== SMALL_FILES.name) continue;
    const unpacked = await measureUnpacking(context, { ...setting, tree });
    measures.push(...compare(`unpack ${tree.name}`, unpacked, true, false));
  }
  return measures;
}

function measurePacking(context: BenchContext, setting: Setting): Promise<Turns<Name>> {
  return inTurns(context, setting, (file) => ({
    action: 'pack',
    times: 1,
    folder: setting.tree.folder,
    file,
  }));
}

/** Unpacks what was packed before. */
function measureUnpacking(context: BenchContext, setting: Setting): Promise<Turns<Name>> {
  const folder = join(setting.output, 'unpacked');
  return inTurns(context, setting, (file) => ({ action: 'unpack', times: 1, folder, file }));
}

function inTurns(
  context: BenchContext,
  { packers, tree, output }: Setting,
  taskOf: (file: string) => ArchiveTask,
): Promise<Turns<Name>> {
  context.onProgress(tree.name);
  const subject = (name: Name) => () =>
    packers[name].perform(taskOf(join(output, `${name.replaceAll(' ', '-')}.archive`)));
  return context.inTurns(
    {
      Larder: subject('Larder'),
      'node-tar': subject('node-tar'),
      [TAR_AND_ZSTD]: subject(TAR_AND_ZSTD),
    },
    { rounds: tree.name === SMALL_FILES.name ? ROUNDS : FEWER_ROUNDS, memoryBytes: MEMORY_BYTES },
  );
}

function compare(
  what: string,
  turns: Turns<Name>,
  hasLimitGate: boolean,
  hasPeerGate = true,
): Measure[] {
  const common = { quantity: 'cpuMs', subject: 'Larder' } as const;
  return [
    ratioOf(
      turns,
      { ...common, what: `${what}: against ${TAR_AND_ZSTD}`, reference: TAR_AND_ZSTD },
      hasLimitGate ? LIMIT_BOUNDS : {},
    ),
    ratioOf(
      turns,
      { ...common, what: `${what}: against node-tar with gzip`, reference: 'node-tar' },
      hasPeerGate ? PEER_BOUNDS : {},
    ),
  ];
}
