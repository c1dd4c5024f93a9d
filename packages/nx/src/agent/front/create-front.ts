import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FrontMessage, WorkerMessage } from '../protocol/worker-messages.ts';
import { dataLayout } from '../protocol/data-layout.ts';
import { createRunHistory } from '../../history/run-history.ts';
import { createSpoolFolder } from '../spool/spool-folder.ts';
import { createArtifactLookups } from './artifact-lookups.ts';
import { createArtifactStores } from './artifact-stores.ts';
import { createControlRoutes } from './control-routes.ts';
import { createDeferredIntroductions } from './deferred-introductions.ts';
import { createLifetime } from './lifetime.ts';
import { createNxCacheRoutes } from './nx-cache-routes.ts';
import { createOpenRuns } from './open-runs.ts';
import { createRunClosing } from './run-closing.ts';
import { createRunOwners } from './run-owners.ts';
import { createWorkerSupervisor } from './worker-supervisor.ts';

/** Nx's client keeps idle connections for 90 s: whoever closes first makes it lose a request. */
const keepAliveTimeoutMs = 120_000;
/** Nx looks up hundreds of tasks at once, each on a connection of its own. */
const listenBacklog = 4096;

export interface FrontOptions {
  readonly dataDirectory: string;
  readonly version: string;
  readonly secret: string;
  readonly worker: {
    readonly entryFile: string;
    readonly args: readonly string[];
    readonly environment: NodeJS.ProcessEnv;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called once, when there has been nothing to do for long enough. */
  readonly onIdle: () => void;
}

/**
 * The part of the agent that owns Nx's connections. It depends on nothing but Node, spools what Nx
 * stores, and leaves everything that can fail or take long to a worker process.
 */
export interface Front {
  /** @returns the loopback port. */
  listen(): Promise<number>;
  /** Takes no further runs and becomes idle as soon as the open ones have ended. */
  drain(): void;
  close(): Promise<void>;
}

export function createFront(options: FrontOptions): Front {
  const { now } = options;
  const layout = dataLayout(options.dataDirectory);
  const runs = createOpenRuns(now);
  const supervisor = createWorkerSupervisor({
    ...options.worker,
    introduction,
    onMessage: receive,
    onLost: () => void settleLostUploads(),
  });
  const lifetime = createLifetime({ runs, onIdle: options.onIdle, onOwnerGone });
  const spool = createSpoolFolder(layout.spool);
  const introductions = createDeferredIntroductions({
    supervisor,
    onAdoption: () => {
      lifetime.adoptionBegan();
    },
    hasLeftovers: () => spool.hasEntries(),
  });
  const lookups = createArtifactLookups(introductions.supervisor, now);
  const stores = createArtifactStores(spool, introductions.supervisor, now);
  const closing = createRunClosing({
    runs,
    supervisor: introductions.supervisor,
    reportFile: layout.lastRun,
    history: createRunHistory(layout.runs),
    now,
    onClosed: (run) => {
      lifetime.runEnded(run.configuration);
    },
  });
  const owners = createRunOwners();
  const nxCache = createNxCacheRoutes({ runs, lookups, stores, owners });
  const control = createControlRoutes({
    secret: options.secret,
    version: options.version,
    runs,
    lookups,
    stores,
    closing,
    owners,
    onOpen: (run) => {
      lifetime.runStarted();
      introductions.open(run);
    },
    onDrain: () => {
      lifetime.hurry();
    },
  });
  const server = createServer(handle);

  /** Called for the first worker as well, when there is no run yet and nothing else either. */
  function introduction(): FrontMessage[] {
    const known = runs.all().filter((run) => introductions.isIntroduced(run));
    if (known.length === 0) return [];
    return [
      ...known.map(({ id, configuration }): FrontMessage => ({
        kind: 'open-run',
        runId: id,
        configuration,
      })),
      ...known
        .filter((run) => !run.isOpen)
        .map(({ id, durationsMs }): FrontMessage => ({
          kind: 'release',
          runId: id,
          durationsMs,
          localHits: [],
        })),
      { kind: 'adopt-leftovers' },
    ];
  }

  function receive(message: WorkerMessage): void {
    switch (message.kind) {
      case 'busy':
        lifetime.setBusy(message.isBusy);
        break;
      case 'adopted':
        lifetime.adoptionEnded();
        break;
      case 'trouble':
        runs.byId(message.runId)?.ledger.recordTrouble(message.trouble);
        break;
      case 'upload-ended': {
        const run = runs.byId(message.upload.runId);
        if (!run) break;
        run.ledger.recordUpload(message.upload);
        closing.uploadEnded(run);
        break;
      }
      case 'looked-up':
      case 'pong':
        break;
    }
  }

  /** Nobody would ever end the uploads that the worker ended just before it died. */
  async function settleLostUploads(): Promise<void> {
    // Before the listing: what is spooled during it may not be in it.
    const pending = runs.all().map((run) => ({ run, taskHashes: run.ledger.pendingTasks() }));
    const entries = await spool.list().catch(() => null);
    if (entries === null) return;
    const spooled = new Set(entries.map(({ runId, taskHash }) => `${runId} ${taskHash}`));
    for (const { run, taskHashes } of pending) {
      for (const taskHash of taskHashes) {
        if (!spooled.has(`${run.id} ${taskHash}`)) run.ledger.recordVanished(taskHash);
      }
      closing.uploadEnded(run);
    }
  }

  function onOwnerGone(runId: string): void {
    const run = runs.byId(runId);
    if (run) void closing.close(run, { durationsMs: {} }, () => undefined);
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    if (!isLoopbackHost(request.headers.host, server)) {
      request.resume();
      response.writeHead(404, { 'content-length': 0 }).end();
    } else if (!nxCache.handle(request, response)) control.handle(request, response);
  }

  return {
    async listen() {
      server.keepAliveTimeout = keepAliveTimeoutMs;
      server.requestTimeout = 0;
      server.headersTimeout = 0;
      server.timeout = 0;
      server.maxRequestsPerSocket = 0;
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: '127.0.0.1', port: 0, backlog: listenBacklog }, resolve);
      });
      return (server.address() as AddressInfo).port;
    },
    drain() {
      lifetime.hurry();
    },
    async close() {
      lifetime.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, supervisor.stop(), closing.written()]);
    },
  };
}

/** A web page that was tricked into asking for a foreign name on this port is not answered. */
function isLoopbackHost(host: string | undefined, server: Server): boolean {
  const { port } = server.address() as AddressInfo;
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}
