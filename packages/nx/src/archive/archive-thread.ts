import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LarderError } from '@larder/client/errors';
import { pluginError } from '../errors/plugin-error.ts';
import type { PackRequest, PackResult } from './pack-folder.ts';
import type { ErrorFields, ThreadAnswer, ThreadMessage } from './thread-messages.ts';
import type { UnpackResult } from './tar-extraction.ts';
import type { UnpackRequest } from './unpack-archive.ts';

/** Packs and unpacks in a thread of its own, one job after the other. */
export interface ArchiveThread {
  /** As `packFolder`; also fails with `LARDER_ARCHIVE_THREAD_FAILED` or `…_CLOSED`. */
  pack(request: PackRequest): Promise<PackResult>;
  /** As `unpackArchive`; also fails with `LARDER_ARCHIVE_THREAD_FAILED` or `…_CLOSED`. */
  unpack(request: UnpackRequest): Promise<UnpackResult>;
  /** Gives up what is not done yet and ends the thread. Later jobs fail. */
  close(): Promise<void>;
}

interface Job {
  readonly message: ThreadMessage;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (result: PackResult | UnpackResult) => void;
  readonly reject: (error: unknown) => void;
  /** Stops listening to the signal. */
  readonly release: () => void;
}

/**
 * The compiled entry: Node cannot run TypeScript. `dist` mirrors `src`, so that this path is right
 * for the compiled file as well as for its source, which tests run.
 */
const workerFile = join(__dirname, '../../dist/archive/archive-worker.js');

/**
 * The thread starts with the first job. When it crashes, only the job that it had fails; the next
 * job starts a new one. An idle thread keeps no process alive.
 */
export function createArchiveThread(): ArchiveThread {
  const waiting: Job[] = [];
  let running: Job | null = null;
  let worker: Worker | null = null;
  let closing: Promise<void> | null = null;
  let onIdle: (() => void) | null = null;

  function enqueue(message: ThreadMessage, signal: AbortSignal | undefined) {
    return new Promise<PackResult | UnpackResult>((resolve, reject) => {
      if (closing !== null) throw closed();
      signal?.throwIfAborted();
      const abort = () => {
        giveUp(job);
      };
      const job: Job = {
        message,
        signal,
        resolve,
        reject,
        release: () => signal?.removeEventListener('abort', abort),
      };
      signal?.addEventListener('abort', abort, { once: true });
      waiting.push(job);
      advance();
    });
  }

  function giveUp(job: Job): void {
    if (job === running) {
      // The job ends when the thread has cleaned up behind it.
      worker?.postMessage({ kind: 'abort' } satisfies ThreadMessage);
    } else {
      waiting.splice(waiting.indexOf(job), 1);
      job.reject(job.signal?.reason);
    }
  }

  function advance(): void {
    if (running !== null) return;
    running = waiting.shift() ?? null;
    if (running === null) {
      worker?.unref();
      onIdle?.();
      return;
    }
    worker ??= start();
    worker.ref();
    worker.postMessage(running.message);
  }

  function start(): Worker {
    // Neither the variables nor the flags of the process are the thread's business.
    const started = new Worker(workerFile, { env: {}, execArgv: [] });
    let cause: unknown;
    started.on('message', (answer: ThreadAnswer) => {
      endJob((job) => {
        settle(job, answer);
      });
    });
    started.on('error', (error) => {
      cause = error;
    });
    started.on('exit', (exitCode) => {
      if (worker !== started) return;
      worker = null;
      endJob((job) => {
        job.reject(crashed(exitCode, cause));
      });
    });
    return started;
  }

  function endJob(end: (job: Job) => void): void {
    const job = running;
    running = null;
    job?.release();
    if (job !== null) end(job);
    advance();
  }

  async function shutDown(): Promise<void> {
    for (const job of waiting.splice(0)) {
      job.release();
      job.reject(closed());
    }
    if (running !== null) {
      const idle = new Promise<void>((resolve) => {
        onIdle = resolve;
      });
      giveUp(running);
      await idle;
    }
    const last = worker;
    worker = null;
    await last?.terminate();
  }

  return {
    pack: ({ signal, ...request }) =>
      enqueue({ kind: 'pack', request }, signal) as Promise<PackResult>,
    unpack: ({ signal, ...request }) => enqueue({ kind: 'unpack', request }, signal),
    close: () => (closing ??= shutDown()),
  };
}

function settle(job: Job, answer: ThreadAnswer): void {
  switch (answer.kind) {
    case 'done':
      job.resolve(answer.result);
      break;
    case 'failed':
      job.reject(revive(answer.error));
      break;
    case 'aborted':
      job.reject(job.signal?.aborted === true ? job.signal.reason : closed());
      break;
  }
}

function revive({ cause, ...fields }: ErrorFields): LarderError {
  return new LarderError({
    ...fields,
    ...(cause && { cause: Object.assign(new Error(cause.message), { code: cause.code }) }),
  });
}

function crashed(exitCode: number, cause: unknown): LarderError {
  return pluginError(
    'LARDER_ARCHIVE_THREAD_FAILED',
    `The thread that packs and unpacks ended with code ${exitCode}`,
    { hint: 'Report this with the log of the agent, and check that memory is not short.', cause },
  );
}

function closed(): LarderError {
  return pluginError('LARDER_ARCHIVE_THREAD_CLOSED', 'Packing and unpacking has been shut down', {
    hint: 'Run the command again.',
  });
}
