import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { createMachine, type Machine } from '../machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from '../processes/cleanup-stack.ts';
import { larderVariables, startLarderServer } from '../server/start-larder-server.ts';
import { createWorkspace, useCache, writeNxJson } from '../workspace/create-workspace.ts';
import { nxJson } from '../workspace/nx-json.ts';
import { runUnfinishedBuild } from '../workspace/run-build.ts';
import { smallSixProjects } from '../workspace/six-projects.ts';
import { createAgentProcesses } from './agent-processes.ts';
import { buildFromScratch, type Observation } from './build-from-scratch.ts';
import { type Fault, type Stage } from './fault.ts';
import { openFaultyLine } from './faulty-line.ts';
import { interruptBuild } from './interruption.ts';

/** A build in trouble, and what was not as the fault says it must be. */
export interface FaultObservation extends Observation {
  readonly problems: readonly string[];
}

/** A workspace with one version of Nx, a server, and whatever can come between the two. */
export interface TestStand {
  readonly nxVersion: string;
  /** Builds without the plugin. */
  readonly buildWithout: (options: { isInterrupted: boolean }) => Promise<Observation>;
  readonly buildWith: (fault: Fault) => Promise<FaultObservation>;
  readonly close: () => Promise<void>;
}

export async function createTestStand(nxVersion: string): Promise<TestStand> {
  const standCleanup = createCleanupStack();
  const serverMachine = await createMachine();
  standCleanup.add(serverMachine.remove);
  const server = await startLarderServer(serverMachine);
  standCleanup.add(server.stop);
  const machine = await createMachine();
  standCleanup.add(machine.remove);
  const workspace = await createWorkspace({
    machine,
    nxVersion,
    projects: smallSixProjects,
    cache: 'local',
  });
  /** Names of the artifacts that are on the server: what they depend on besides the sources. */
  const filled = new Set<string>();
  let buildCount = 0;

  /** Sees to it that the server has all artifacts under the name. */
  async function fill(name: string, env: Readonly<Record<string, string>>): Promise<void> {
    if (filled.has(name)) return;
    const agent = createAgentProcesses(machineFolder(machine, `fill-${name}`));
    const { build } = await buildFromScratch(workspace, {
      env: {
        ...env,
        ...larderVariables(server),
        LARDER_DATA_DIRECTORY: machineFolder(machine, `fill-${name}`),
      },
    });
    await agent.end();
    if (build.exitCode !== 0 || !build.output.includes(`${smallSixProjects.length} stored`)) {
      throw new Error(`The cache could not be filled.\n${build.output}`);
    }
    filled.add(name);
  }

  async function buildOnStage(
    fault: Fault,
    cleanup: CleanupStack,
    problems: string[],
  ): Promise<Observation> {
    const json = nxJson(nxVersion, 'larder', fault.options);
    const changed = fault.changeNxJson?.(json, nxVersion) ?? json;
    await writeNxJson(workspace, changed);
    buildCount += 1;
    const namespace =
      fault.cache === 'empty' ? `build-${buildCount}` : nameOf([changed, fault.filledWith]);
    const namespaced = { LARDER_NAMESPACE: namespace };
    if (fault.cache === 'filled') await fill(namespace, { ...fault.filledWith, ...namespaced });

    const dataDirectory = machineFolder(machine, `larder-${buildCount}`);
    const line = await openFaultyLine(server);
    cleanup.add(line.close);
    const agent = createAgentProcesses(dataDirectory);
    const lineEnv = {
      ...namespaced,
      ...larderVariables(line),
      LARDER_DATA_DIRECTORY: dataDirectory,
    };
    const stage: Stage = {
      nxVersion,
      workspace,
      server,
      line,
      dataDirectory,
      agent,
      cleanup,
      buildAgain: () => runUnfinishedBuild(workspace, { env: lineEnv }),
    };
    try {
      const arrangement = await fault.arrange(stage);
      const note = (what: string) => (error: unknown) => {
        problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      };
      let happening: Promise<unknown> = Promise.resolve();
      const observation = await buildFromScratch(workspace, {
        env: {
          ...lineEnv,
          ...(arrangement.server ? larderVariables(arrangement.server) : {}),
          ...arrangement.env,
        },
        onStart(pid) {
          happening = Promise.all([
            arrangement.during?.(),
            fault.isInterrupted === true ? interruptBuild(workspace, pid) : null,
          ]).catch(note('during'));
        },
      });
      await happening;
      await arrangement.afterwards?.(observation.build).catch(note('afterwards'));
      if (fault.options?.idleMs === undefined) await agent.ended().catch(note('at the end'));
      return observation;
    } finally {
      await agent.end();
    }
  }

  return {
    nxVersion,
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
      const cleanup = createCleanupStack();
      const problems: string[] = [];
      try {
        return { ...(await buildOnStage(fault, cleanup, problems)), problems };
      } finally {
        await cleanup.run();
      }
    },
    close: standCleanup.run,
  };
}

function machineFolder({ folder }: Machine, name: string): string {
  return join(folder, name);
}

function nameOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
