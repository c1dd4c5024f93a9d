import { readEnvironment } from '@larder/e2e/environment';
import { serverInstallation } from '@larder/e2e/installations/installation';
import { prepareInstallations } from '@larder/e2e/installations/prepare-installations';
import { type BenchContext } from '../runner/bench.ts';
import { createNxStage, type NxStage, type NxStageOptions } from './nx-stage.ts';
import { type Wiring } from './wiring.ts';

export interface NxStagesOptions<K extends string> extends Omit<NxStageOptions, 'wiring'> {
  readonly wirings: Readonly<Record<K, Wiring>>;
}

/** Does something with a stage for each wiring, everything that they need being installed. */
export async function withNxStages<K extends string, R>(
  { onProgress }: BenchContext,
  { wirings, ...options }: NxStagesOptions<K>,
  act: (stages: Readonly<Record<K, NxStage>>) => Promise<R>,
): Promise<R> {
  const names = Object.keys(wirings) as K[];
  const installations = [
    serverInstallation,
    ...names.map((name) => wirings[name].installation(options.nxVersion)),
  ];
  // Several may need the same.
  const distinct = new Map(installations.map((installation) => [installation.name, installation]));
  const env = readEnvironment().inherited;
  await prepareInstallations([...distinct.values()], { env, onProgress });
  const stages: Partial<Record<K, NxStage>> = {};
  try {
    for (const name of names) {
      stages[name] = await createNxStage({ ...options, wiring: wirings[name] });
    }
    return await act(stages as Record<K, NxStage>);
  } finally {
    for (const name of names) await stages[name]?.remove();
  }
}
