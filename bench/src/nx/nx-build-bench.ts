import { join } from 'node:path';
import { NETWORK } from '@larder/e2e/network/measure-version';
import { type Cost } from '../processes/cost.ts';
import { type Bench, type BenchResult, type Measure, type Turns } from '../runner/bench.ts';
import { type NxStage } from './nx-stage.ts';
import { withNxStages } from './prepare-nx.ts';
import { describeBuild } from './sizes.ts';
import { type OutputSize, writeTaskOutputs } from './task-outputs.ts';
import { type Wiring } from './wiring.ts';

export interface NxBuildBenchOptions<K extends string>
  extends Pick<Bench, 'name' | 'title' | 'question'>, Pick<BenchResult, 'peers'> {
  readonly nxVersion: string;
  readonly size: OutputSize;
  /** What is compared. */
  readonly wirings: Readonly<Record<K, Wiring>>;
  /** Of these there is a warm build in each round as well: all but what has no remote cache. */
  readonly warm?: readonly NoInfer<K>[];
  readonly rounds: number;
  readonly isCi?: boolean;
  readonly measure: (builds: NxBuilds<K>) => readonly Measure[];
  readonly notes?: readonly string[];
}

/** What one index of both holds was built in the same round. */
export interface NxBuilds<K extends string> {
  readonly cold: Turns<K>;
  /** Cold builds stand for those that have no remote cache to look into. */
  readonly warm: Turns<K>;
}

/** The outputs, Nx's copy of them, and what is on its way. */
const COPIES = 3;

/** A bench that builds the same projects with several remote caches, over the same line. */
export function nxBuildBench<K extends string>(options: NxBuildBenchOptions<K>): Bench {
  const { name, title, question, nxVersion, size, wirings, notes = [], peers = {} } = options;
  const { warm = [], rounds, isCi = true } = options;
  return {
    name,
    area: 'nx',
    title,
    question,
    async run(context) {
      const outputs = await writeTaskOutputs(join(context.folder, 'outputs'), size);
      const stages = { wirings, nxVersion, projects: outputs.projects, line: NETWORK, isCi };
      const builds = await withNxStages(context, stages, async (each) => {
        // Every build is one of new processes, so that there is little to warm up.
        const turns = await context.inTurns(subjectsOf(each, warm), {
          rounds,
          warmUp: false,
          memoryBytes: COPIES * size.tasks * size.filesPerTask * size.fileBytes,
        });
        return sortOut(turns, Object.keys(each) as K[], warm);
      });
      return {
        measures: options.measure(builds),
        notes: [describeBuild(outputs), ...notes],
        peers: { nx: nxVersion, ...peers },
      };
    },
  };
}

type Subject = `${'cold' | 'warm'} ${string}`;

function subjectsOf<K extends string>(
  stages: Readonly<Record<K, NxStage>>,
  warm: readonly K[],
): Record<Subject, () => Promise<Cost>> {
  const names = Object.keys(stages) as K[];
  return Object.fromEntries([
    ...names.map((name) => [`cold ${name}`, () => stages[name].buildCold()] as const),
    ...warm.map((name) => [`warm ${name}`, () => stages[name].buildWarm()] as const),
  ]);
}

function sortOut<K extends string>(
  turns: Turns<Subject>,
  names: readonly K[],
  warm: readonly K[],
): NxBuilds<K> {
  const pick = (subjectOf: (name: K) => Subject) =>
    Object.fromEntries(names.map((name) => [name, turns[subjectOf(name)]])) as Turns<K>;
  return {
    cold: pick((name) => `cold ${name}`),
    warm: pick((name) => (warm.includes(name) ? `warm ${name}` : `cold ${name}`)),
  };
}
