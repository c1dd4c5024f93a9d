import { stat } from 'node:fs/promises';
import { callAgent } from '../../agent/launch/agent-request.ts';
import { isProcessAlive } from '../../agent/is-process-alive.ts';
import { readAgentState, type AgentState } from '../../agent/protocol/agent-state.ts';
import { controlPaths, type HealthAnswer } from '../../agent/protocol/control-api.ts';
import { dataLayout } from '../../agent/protocol/data-layout.ts';
import { createSpoolFolder, type SpoolFolder } from '../../agent/spool/spool-folder.ts';
import type { SpoolEntry } from '../../agent/spool/spool-entry.ts';

/** An agent that hangs is one of the things to find out. */
const healthTimeoutMs = 2_000;

/** What there is of an agent in a data folder. */
export interface AgentFacts {
  /** `stale`: one is recorded that does not run any more; the next command replaces it. */
  readonly state: 'running' | 'hanging' | 'stale' | 'none';
  readonly pid: number | null;
  readonly version: string | null;
  readonly port: number | null;
  /** Commands that are under way; null where nobody tells. */
  readonly openRuns: number | null;
  /** Artifacts that are being uploaded. */
  readonly uploads: number | null;
  readonly spool: SpoolFacts;
}

/** Artifacts on this machine that wait for their upload. */
export interface SpoolFacts {
  readonly entries: number;
  /** Without folders of Nx's cache that are not packed yet. */
  readonly bytes: number;
  /** Milliseconds since the epoch; null when nothing waits. */
  readonly oldestAt: number | null;
}

export async function gatherAgentFacts(dataDirectory: string): Promise<AgentFacts> {
  const recorded = readAgentState(dataDirectory);
  const spool = await gatherSpoolFacts(dataDirectory);
  if (recorded === null) {
    return { ...nobody, state: 'none', spool };
  }
  const { pid, version, port } = recorded;
  const health = await askHealth(recorded);
  if (health === null) {
    return {
      ...nobody,
      state: isProcessAlive(pid) ? 'hanging' : 'stale',
      pid,
      version,
      port,
      spool,
    };
  }
  const { openRuns, uploads } = health;
  return { state: 'running', pid, version, port, openRuns, uploads, spool };
}

const nobody = { pid: null, version: null, port: null, openRuns: null, uploads: null };

/** Null when it does not answer. */
export async function askHealth(agent: AgentState): Promise<HealthAnswer | null> {
  try {
    return await callAgent<HealthAnswer>(
      agent,
      controlPaths.health,
      {},
      { token: agent.secret, timeoutMs: healthTimeoutMs },
    );
  } catch {
    return null;
  }
}

async function gatherSpoolFacts(dataDirectory: string): Promise<SpoolFacts> {
  const folder = createSpoolFolder(dataLayout(dataDirectory).spool);
  const entries = await folder.list().catch((): SpoolEntry[] => []);
  const sizes = await Promise.all(entries.map((entry) => sizeOf(folder, entry)));
  return {
    entries: entries.length,
    bytes: sizes.reduce((sum, each) => sum + each, 0),
    oldestAt: entries[0]?.createdAt ?? null,
  };
}

async function sizeOf(folder: SpoolFolder, { id, content }: SpoolEntry): Promise<number> {
  if (content.kind === 'body') return content.sizeBytes;
  return (await stat(folder.bodyFile(id)).catch(() => null))?.size ?? 0;
}
