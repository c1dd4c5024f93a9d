import type { AgentState } from '../agent/protocol/agent-state.ts';
import { readAgentState } from '../agent/protocol/agent-state.ts';
import type {
  RetrieveAnswer,
  RetrieveRequest,
  StoreRequest,
} from '../agent/protocol/control-api.ts';
import { dataLayout } from '../agent/protocol/data-layout.ts';
import type {
  AuthorizedConfiguration,
  RunConfiguration,
} from '../agent/protocol/run-configuration.ts';
import { closeRun, openRun } from '../agent/launch/agent-client.ts';
import { createSpoolFolder } from '../agent/spool/spool-folder.ts';
import type { SpoolEntry } from '../agent/spool/spool-entry.ts';
import { artifactHash, type ArtifactFormat } from '../identity/artifact-hash.ts';
import type { RunReport } from '../report/run-report.ts';
import { startArtifactsServer, type ArtifactsServer } from './artifacts-server.fixture.ts';
import { createNxClient, type NxClient } from './nx-client.fixture.ts';
import { killAgents } from './processes.fixture.ts';
import { createTestBed, type TestBed } from './test-bed.fixture.ts';

/** A test bed with real agents: its data folder's agents and its servers end with the test. */
export interface AgentBed extends TestBed {
  /** The data folder of the test, in which its runs are opened. */
  readonly dataDirectory: string;
  startServer(): Promise<ArtifactsServer>;
  /** Opens a run with the real agent, which is started when there is none. */
  openRun(server: { readonly url: string }, options?: RunOptions): Promise<TestRun>;
  agentState(): AgentState;
  /** What waits for its upload. */
  spooled(): Promise<SpoolEntry[]>;
}

export interface RunOptions extends Partial<RunConfiguration> {
  readonly ownerPid?: number;
  readonly contextId?: string;
}

/** A run together with Nx's client for it. */
export interface TestRun extends NxClient {
  readonly runId: string;
  readonly token: string;
  readonly url: string;
  retrieve(request: RetrieveRequest): Promise<RetrieveAnswer>;
  store(request: StoreRequest): Promise<void>;
  close(durationsMs?: Readonly<Record<string, number>>): Promise<RunReport>;
  /** The name of a task's artifact on the server, in the run's expected format unless told. */
  wireHash(taskHash: string, format?: ArtifactFormat): string;
}

/** Settings with which nothing times out, and with which closing a run waits for its uploads. */
export function runConfiguration(
  server: { readonly url: string },
  overrides: Partial<AuthorizedConfiguration> = {},
): AuthorizedConfiguration {
  return {
    upstream: { url: server.url, teamId: null, slug: null, credential: 'of-the-run' },
    token: 'token-of-the-run',
    identity: null,
    signatureKey: null,
    namespace: '',
    mode: 'read-write',
    isCi: true,
    expectedFormat: 'nx.tar.gz',
    startEstimate: { kind: 'start-is-miss' },
    expectedTasks: [],
    terminalOutputsFolder: null,
    waitsForUse: false,
    storesFailures: true,
    lookupTimeoutMs: 20_000,
    minDownloadMs: 20_000,
    lookupConcurrency: 32,
    uploadConcurrency: 8,
    uploadDeadlineMs: 40_000,
    uploadRetryMs: 3_600_000,
    maxHeldBytes: 8 * 1024 ** 2,
    maxSpoolBytes: 2 * 1024 ** 3,
    maxSpoolAgeMs: 7 * 24 * 60 * 60 * 1000,
    idleMs: 60_000,
    ...overrides,
  };
}

export function createAgentBed(): AgentBed {
  const bed = createTestBed();
  let dataDirectory: string | null = null;

  function theDataDirectory(): string {
    if (dataDirectory === null) {
      const folder = bed.makeFolder();
      dataDirectory = folder;
      bed.onCleanUp(async () => {
        dataDirectory = null;
        await killAgents(folder);
      });
    }
    return dataDirectory;
  }

  return {
    ...bed,
    get dataDirectory() {
      return theDataDirectory();
    },
    async startServer() {
      const server = await startArtifactsServer();
      bed.onCleanUp(() => server.close());
      return server;
    },
    async openRun(server, { ownerPid = process.pid, contextId, ...overrides } = {}) {
      const folder = theDataDirectory();
      const configuration: RunConfiguration = { ...runConfiguration(server), ...overrides };
      const request = { ownerPid, contextId: contextId ?? null, configuration };
      const run = await openRun(folder, request, process.env);
      const client = createNxClient(run);
      bed.onCleanUp(() => {
        client.disconnect();
        run.disconnect();
      });
      return {
        ...run,
        ...client,
        async close(durationsMs = {}) {
          const reference = { by: 'id', runId: run.runId } as const;
          const report = await closeRun(folder, { run: reference, durationsMs }, () => undefined);
          if (report === null) throw new Error('No agent knows the run');
          return report;
        },
        wireHash: (taskHash, format = configuration.expectedFormat) =>
          artifactHash({ format, namespace: configuration.namespace, taskHash }),
      };
    },
    agentState() {
      const state = readAgentState(theDataDirectory());
      if (state === null) throw new Error('No agent is recorded');
      return state;
    },
    spooled: () => createSpoolFolder(dataLayout(theDataDirectory()).spool).list(),
  };
}
