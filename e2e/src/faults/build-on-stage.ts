import { createCleanupStack } from '../processes/cleanup-stack.ts';
import { larderVariables, type LarderServer } from '../server/start-larder-server.ts';
import { type Workspace } from '../workspace/create-workspace.ts';
import { runUnfinishedBuild } from '../workspace/run-build.ts';
import { createAgentProcesses } from './agent-processes.ts';
import { buildFromScratch, type Observation } from './build-from-scratch.ts';
import { type Arrangement, type Fault, type Stage } from './fault.ts';
import { openFaultyLine } from './faulty-line.ts';
import { interruptBuild } from './interruption.ts';

/** A build in trouble, and what was not as the fault says it must be. */
export interface FaultObservation extends Observation {
  readonly problems: readonly string[];
}

export interface StageOptions {
  readonly workspace: Workspace;
  readonly server: LarderServer;
  /** Separates the artifacts of this build from others on the server. */
  readonly namespace: string;
  /** Does not exist yet. */
  readonly dataDirectory: string;
}

/** Brings a fault about, builds from scratch meanwhile, and ends all that it has started. */
export async function buildOnStage(
  fault: Fault,
  { workspace, server, namespace, dataDirectory }: StageOptions,
): Promise<FaultObservation> {
  const cleanup = createCleanupStack();
  const agent = createAgentProcesses(dataDirectory);
  try {
    const line = await openFaultyLine(server);
    cleanup.add(line.close);
    const env = {
      ...larderVariables(line),
      LARDER_NAMESPACE: namespace,
      LARDER_DATA_DIRECTORY: dataDirectory,
    };
    const stage: Stage = {
      workspace,
      server,
      line,
      namespace,
      dataDirectory,
      agent,
      cleanup,
      buildAgain: () => runUnfinishedBuild(workspace, { env }),
    };
    return await buildInTrouble(fault, stage, env);
  } finally {
    await agent.end();
    await cleanup.run();
  }
}

async function buildInTrouble(
  fault: Fault,
  stage: Stage,
  env: Readonly<Record<string, string>>,
): Promise<FaultObservation> {
  const problems: string[] = [];
  const note = (error: unknown): void => {
    problems.push(error instanceof Error ? error.message : String(error));
  };
  const arrangement: Arrangement = await fault.arrange(stage);
  const { server, during, afterwards } = arrangement;
  let happening: Promise<unknown> = Promise.resolve();
  const observation = await buildFromScratch(stage.workspace, {
    env: { ...env, ...(server ? larderVariables(server) : {}), ...arrangement.env },
    onStart(pid) {
      happening = Promise.all([
        during?.(),
        fault.isInterrupted === true ? interruptBuild(stage.workspace, pid) : null,
      ]).catch(note);
    },
  });
  await happening;
  await afterwards?.(observation.build).catch(note);
  // In CI an agent that has nothing to do ends by itself.
  if (fault.options?.idleMs === undefined) await stage.agent.ended().catch(note);
  return { ...observation, problems };
}
