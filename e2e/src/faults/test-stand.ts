import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { createMachine } from '../machines/create-machine.ts';
import { createCleanupStack } from '../processes/cleanup-stack.ts';
import {
  larderVariables,
  type LarderServer,
  startLarderServer,
} from '../server/start-larder-server.ts';
import {
  createWorkspace,
  useCache,
  type Workspace,
  writeNxJson,
} from '../workspace/create-workspace.ts';
import { nxJson } from '../workspace/nx-json.ts';
import { smallSixProjects } from '../workspace/six-projects.ts';
import { createAgentProcesses } from './agent-processes.ts';
import { buildFromScratch, type Observation } from './build-from-scratch.ts';
import { buildOnStage, type FaultObservation } from './build-on-stage.ts';
import { type Fault } from './fault.ts';
import { interruptBuild } from './interruption.ts';
import { type Setup } from './setup.ts';

/** A workspace with one version of Nx, a server, and whatever can come between the two. */
export interface TestStand {
  readonly setup: Setup;
  /** Builds without the plugin. */
  readonly buildWithout: (options: { readonly isInterrupted: boolean }) => Promise<Observation>;
  /** Builds while the fault happens. */
  readonly buildWith: (fault: Fault) => Promise<FaultObservation>;
  readonly close: () => Promise<void>;
}

export async function createTestStand(setup: Setup): Promise<TestStand> {
  const { nxVersion, hasFastLane } = setup;
  const cleanup = createCleanupStack();
  const serverMachine = await createMachine();
  cleanup.add(serverMachine.remove);
  const server = await startLarderServer(serverMachine);
  cleanup.add(server.stop);
  const machine = await createMachine();
  cleanup.add(machine.remove);
  const workspace = await createWorkspace({
    machine,
    nxVersion,
    hasFastLane,
    projects: smallSixProjects,
    cache: 'local',
  });
  /** Namespaces whose artifacts are all on the server. */
  const filled = new Set<string>();
  let buildCount = 0;

  return {
    setup,
    async buildWithout({ isInterrupted }) {
      await useCache(workspace, 'local');
      let interrupted: Promise<void> | undefined;
      const observation = await buildFromScratch(workspace, {
        onStart(pid) {
          if (isInterrupted) interrupted = interruptBuild(workspace, pid);
        },
      });
      await interrupted;
      return observation;
    },
    async buildWith(fault) {
      const json = nxJson(nxVersion, 'larder', fault.options);
      const changed = fault.changeNxJson?.(json, nxVersion) ?? json;
      await writeNxJson(workspace, changed);
      buildCount += 1;
      const dataDirectory = join(machine.folder, `larder-${buildCount}`);
      let namespace = `build-${buildCount}`;
      if (fault.cache === 'filled') {
        // Nx's hashes depend on its nx.json, and the first upload of an artifact wins.
        namespace = nameOf([changed, fault.filledWith]);
        if (!filled.has(namespace)) await fill(workspace, { server, fault, namespace });
        filled.add(namespace);
      }
      return buildOnStage(fault, { workspace, server, namespace, dataDirectory });
    },
    close: cleanup.run,
  };
}

interface FillOptions {
  readonly server: LarderServer;
  readonly fault: Fault;
  readonly namespace: string;
}

/** Sees to it that the server has the artifact of every task. */
async function fill(
  workspace: Workspace,
  { server, fault, namespace }: FillOptions,
): Promise<void> {
  const dataDirectory = join(workspace.machine.folder, `larder-${namespace}`);
  const { build } = await buildFromScratch(workspace, {
    env: {
      ...fault.filledWith,
      ...larderVariables(server),
      LARDER_NAMESPACE: namespace,
      LARDER_DATA_DIRECTORY: dataDirectory,
    },
  });
  await createAgentProcesses(dataDirectory).end();
  if (build.exitCode !== 0 || !build.output.includes(`${workspace.projects.length} stored`)) {
    throw new Error(`The cache could not be filled.\n${build.output}`);
  }
}

function nameOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
