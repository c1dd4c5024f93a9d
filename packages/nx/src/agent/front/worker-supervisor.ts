import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import type {
  FrontMessage,
  LookupOutcome,
  LookupRequest,
  WorkerMessage,
} from '../protocol/worker-messages.ts';

const pingIntervalMs = 500;
/** Pings in a row without an answer that make a worker count as hung. */
const maxMissedPings = 6;
const minRestartDelayMs = 50;
const maxRestartDelayMs = 30_000;
/** A worker that lived this long was healthy: its successor starts at once. */
const healthyAfterMs = 10_000;
const stopDeadlineMs = 2_000;

/**
 * Runs the process that does the real work and stands in for it: when it crashes or hangs, its
 * lookups become misses and it is started again. Nothing here ever throws at the caller.
 */
export interface WorkerSupervisor {
  send(message: FrontMessage): void;
  lookUp(lookup: LookupRequest): Promise<LookupOutcome>;
  /** Ends the worker; it is not started again. */
  stop(): Promise<void>;
}

export interface WorkerSupervisorOptions {
  readonly entryFile: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** What a new worker has to be told before anything else. */
  readonly introduction: () => readonly FrontMessage[];
  readonly onMessage: (message: WorkerMessage) => void;
  /** The worker died; some of what it did it may not have said. */
  readonly onLost: () => void;
}

/** The worker crashed or hangs, which is nobody's known trouble. */
const noWorker: LookupOutcome = { kind: 'miss', code: 'LARDER_AGENT_UNEXPECTED' };

type ChannelState = 'running' | 'waiting' | 'stopped';

export function createWorkerSupervisor(options: WorkerSupervisorOptions): WorkerSupervisor {
  const lookups = new Map<number, (outcome: LookupOutcome) => void>();
  let nextRequestId = 1;
  let state: ChannelState = 'waiting';
  let worker: ChildProcess | null = null;
  let restart: NodeJS.Timeout | null = null;
  let quickDeaths = 0;
  let missedPings = 0;
  /** Whether the worker sends something or is about to. */
  let isBusy = false;
  let onStopped: (() => void) | null = null;
  let stopped: Promise<void> | null = null;

  const pings = setInterval(checkHealth, pingIntervalMs);
  start();

  function start(): void {
    restart = null;
    const startedAt = performance.now();
    missedPings = 0;
    const child = forkWorker();
    worker = child;
    if (!child) {
      scheduleRestart(0);
      return;
    }
    state = 'running';
    const onEnded = () => {
      if (worker === child) ended(performance.now() - startedAt);
    };
    child.on('message', (message) => {
      if (worker === child) receive(message as WorkerMessage);
    });
    child.on('exit', onEnded);
    child.on('error', () => {
      // One that could not even be started does not exit.
      if (child.pid === undefined) onEnded();
      else child.kill('SIGKILL');
    });
    for (const message of options.introduction()) post(message);
  }

  /** Null when the system has no process to give, which Node partly throws and partly emits. */
  function forkWorker(): ChildProcess | null {
    try {
      // Without it the child of a process without a console gets a window on Windows. Node hands it
      // on to `spawn`; only its types do not know.
      const hidden: ForkOptions & { windowsHide: true } = { windowsHide: true };
      return fork(options.entryFile, options.args, {
        ...hidden,
        env: options.environment,
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
    } catch {
      return null;
    }
  }

  function ended(livedMs: number): void {
    worker = null;
    isBusy = false;
    for (const answer of lookups.values()) answer(noWorker);
    lookups.clear();
    options.onMessage({ kind: 'busy', isBusy });
    if (state === 'stopped') {
      onStopped?.();
      return;
    }
    options.onLost();
    scheduleRestart(livedMs);
  }

  function scheduleRestart(livedMs: number): void {
    state = 'waiting';
    quickDeaths = livedMs > healthyAfterMs ? 0 : quickDeaths + 1;
    const delayMs = quickDeaths <= 1 ? 0 : minRestartDelayMs * 2 ** (quickDeaths - 2);
    restart = setTimeout(start, Math.min(delayMs, maxRestartDelayMs));
  }

  function receive(message: WorkerMessage): void {
    missedPings = 0;
    if (message.kind === 'busy') ({ isBusy } = message);
    if (message.kind === 'looked-up') {
      lookups.get(message.requestId)?.(message.outcome);
      lookups.delete(message.requestId);
    } else if (message.kind !== 'pong') options.onMessage(message);
  }

  /** Counts intervals, not time: a front that was stopped itself does not blame its worker. */
  function checkHealth(): void {
    if (!worker || (lookups.size === 0 && !isBusy)) {
      missedPings = 0;
      return;
    }
    missedPings += 1;
    if (missedPings > maxMissedPings) worker.kill('SIGKILL');
    else post({ kind: 'ping' });
  }

  function post(message: FrontMessage): void {
    // A failed send is followed by the exit of the worker, which settles everything.
    if (worker?.connected) worker.send(message, () => undefined);
  }

  async function shutDown(): Promise<void> {
    state = 'stopped';
    clearInterval(pings);
    if (restart) clearTimeout(restart);
    if (!worker) return;
    const child = worker;
    let forced: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      onStopped = resolve;
      // Losing the channel ends a healthy worker; what it leaves stays in the spool.
      if (child.connected) child.disconnect();
      forced = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
    });
    clearTimeout(forced);
  }

  return {
    send: post,
    lookUp(lookup) {
      if (!worker?.connected) return Promise.resolve(noWorker);
      const requestId = nextRequestId++;
      return new Promise((resolve) => {
        lookups.set(requestId, resolve);
        post({ kind: 'look-up', requestId, lookup });
      });
    },
    stop: () => (stopped ??= shutDown()),
  };
}
