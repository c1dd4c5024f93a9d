import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { LarderError } from '@larder/client/errors';
import { pluginError } from '../errors/plugin-error.ts';
import { ArchiveInput } from './archive-input.ts';
import type { PackRequest, PackResult } from './pack-folder.ts';
import type { ErrorFields, JobMessage, ThreadAnswer, ThreadMessage } from './thread-messages.ts';
import type { UnpackRequest, UnpackResult } from './unpack-archive.ts';

/** Packs and unpacks in a thread of its own; what is asked for at the same time goes on side by side. */
export interface ArchiveThread {
  /** As `packFolder`; also fails with `LARDER_ARCHIVE_THREAD_FAILED` or `…_CLOSED`. */
  pack(request: PackRequest): Promise<PackResult>;
  /** As `unpackArchive`; also fails with `LARDER_ARCHIVE_THREAD_FAILED` or `…_CLOSED`. */
  unpack(request: Omit<UnpackRequest, 'archive'>): Unpacking;
  /** Gives up what is not done yet and ends the thread. Later jobs fail. */
  close(): Promise<void>;
}

/** An archive that is unpacked while it is written. */
export interface Unpacking {
  /**
   * Takes the archive. To end it says that the archive is complete and good: only then does the
   * folder get its name. To destroy it gives the attempt up.
   */
  readonly input: Writable;
  /** Settles when the folder is there, or when nothing is left of the attempt. */
  readonly result: Promise<UnpackResult>;
}

interface Job {
  readonly resolve: (result: PackResult | UnpackResult) => void;
  readonly reject: (error: unknown) => void;
  /** The next part of the archive is wanted. */
  readonly onWanted: () => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * The compiled entry: Node cannot run TypeScript. `dist` mirrors `src`, so that this path is right
 * for the compiled file as well as for its source, which tests run.
 */
const workerFile = join(__dirname, '../../dist/archive/archive-worker.js');

/**
 * The thread starts with the first job. When it crashes, the jobs that it had fail; the next one
 * starts a new one. An idle thread keeps no process alive.
 */
export function createArchiveThread(): ArchiveThread {
  const jobs = new Map<number, Job>();
  let lastJobId = 0;
  let worker: Worker | null = null;
  let closing: Promise<void> | null = null;
  let onIdle: (() => void) | null = null;

  function begin(
    message: JobMessage,
    { signal, onWanted = () => undefined }: Partial<Pick<Job, 'signal' | 'onWanted'>>,
  ) {
    const jobId = ++lastJobId;
    const abort = () => {
      tell({ jobId, kind: 'abort' });
    };
    const result = new Promise<PackResult | UnpackResult>((resolve, reject) => {
      if (closing !== null) throw closed();
      signal?.throwIfAborted();
      signal?.addEventListener('abort', abort, { once: true });
      jobs.set(jobId, { resolve, reject, onWanted, signal });
      worker ??= start();
      worker.ref();
      tell({ jobId, ...message });
    }).finally(() => {
      signal?.removeEventListener('abort', abort);
    });
    return { jobId, result };
  }

  /** A job that has ended is no longer told anything: its thread may be another by now. */
  function tell(message: ThreadMessage, memory: readonly ArrayBuffer[] = []): void {
    if (jobs.has(message.jobId)) worker?.postMessage(message, memory);
  }

  function start(): Worker {
    // Neither the variables nor the flags of the process are the thread's business.
    const started = new Worker(workerFile, { env: {}, execArgv: [] });
    let cause: unknown;
    started.on('message', (answer: ThreadAnswer) => {
      const job = jobs.get(answer.jobId);
      if (answer.kind === 'wanted') job?.onWanted();
      else
        end(answer.jobId, (ended) => {
          settle(ended, answer);
        });
    });
    started.on('error', (error) => {
      cause = error;
    });
    started.on('exit', (exitCode) => {
      if (worker !== started) return;
      worker = null;
      for (const jobId of jobs.keys()) {
        end(jobId, ({ reject }) => {
          reject(crashed(exitCode, cause));
        });
      }
    });
    return started;
  }

  function end(jobId: number, how: (job: Job) => void): void {
    const job = jobs.get(jobId);
    jobs.delete(jobId);
    if (job) how(job);
    if (jobs.size > 0) return;
    worker?.unref();
    onIdle?.();
  }

  function unpack({ signal, ...request }: Omit<UnpackRequest, 'archive'>): Unpacking {
    const onWanted = () => {
      input.want();
    };
    const givenUp = new AbortController();
    const ending = signal ? AbortSignal.any([signal, givenUp.signal]) : givenUp.signal;
    const job = begin({ kind: 'unpack', request }, { signal: ending, onWanted });
    const { jobId } = job;
    const result = job.result as Promise<UnpackResult>;
    const input = new ArchiveInput({
      take(bytes) {
        tell({ jobId, kind: 'chunk', bytes }, [bytes.buffer]);
      },
      end() {
        tell({ jobId, kind: 'end' });
        return result;
      },
      giveUp(reason) {
        givenUp.abort(reason);
        return result;
      },
    });
    result.catch((error: unknown) => {
      input.destroy(error as Error);
    });
    return { input, result };
  }

  async function shutDown(): Promise<void> {
    if (jobs.size > 0) {
      const idle = new Promise<void>((resolve) => {
        onIdle = resolve;
      });
      // They end when the thread has cleaned up behind them.
      for (const jobId of jobs.keys()) tell({ jobId, kind: 'abort' });
      await idle;
    }
    const last = worker;
    worker = null;
    await last?.terminate();
  }

  return {
    pack: ({ signal, ...request }) => begin({ kind: 'pack', request }, { signal }).result,
    unpack,
    close: () => (closing ??= shutDown()),
  };
}

function settle({ resolve, reject, signal }: Job, answer: ThreadAnswer): void {
  switch (answer.kind) {
    case 'done':
      resolve(answer.result);
      break;
    case 'failed':
      reject(revive(answer.error));
      break;
    default:
      reject(signal?.aborted === true ? signal.reason : closed());
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
