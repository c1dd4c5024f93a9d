import { join } from 'node:path';
import { NETWORK } from '@larder/e2e/network/measure-version';
import { type Bench, type Measure, type Turns } from '../runner/bench.ts';
import { type NxStage } from './nx-stage.ts';
import { subjectsOf, withNxStages } from './prepare-nx.ts';
import { describeBuild } from './sizes.ts';
import { type OutputSize, writeTaskOutputs } from './task-outputs.ts';
import { type Wiring } from './wiring.ts';

export interface NxBuildBenchOptions<K extends string> extends Pick<
  Bench,
  'name' | 'title' | 'question'
> {
  readonly nxVersion: string;
  readonly size: OutputSize;
  /** What is compared. */
  readonly wirings: Readonly<Record<K, Wiring>>;
  readonly build: Exclude<keyof NxStage, 'remove'>;
  readonly rounds: number;
  /** Whether a first round goes uncounted: for what takes long, no. */
  readonly warmUp?: boolean;
  readonly isCi?: boolean;
  readonly measure: (turns: Turns<K>) => readonly Measure[];
  readonly notes?: readonly string[];
}

/** A bench that builds the same projects with several remote caches, over the same line. */
export function nxBuildBench<K extends string>(options: NxBuildBenchOptions<K>): Bench {
  const { name, title, question, nxVersion, size, wirings, build, notes = [] } = options;
  const { rounds, warmUp = true, isCi = true } = options;
  return {
    name,
    area: 'nx',
    title,
    question,
    async run(context) {
      const outputs = await writeTaskOutputs(join(context.folder, 'outputs'), size);
      const stages = { wirings, nxVersion, projects: outputs.projects, line: NETWORK, isCi };
      const turns = await withNxStages(context, stages, (each) =>
        context.inTurns(subjectsOf(each, build), { rounds, warmUp }),
      );
      return {
        measures: options.measure(turns),
        notes: [describeBuild(outputs), ...notes],
        peers: { nx: nxVersion },
      };
    },
  };
}
