// Entry of the archive thread, started and spoken to by `createArchiveThread`.
import { isMainThread, parentPort } from 'node:worker_threads';
import { isLarderError, type LarderError } from '@larder/client/errors';
import { packFolder, type PackResult } from './pack-folder.ts';
import { ReceivedArchive } from './received-archive.ts';
import type {
  ErrorFields,
  JobEnd,
  JobMessage,
  ThreadAnswer,
  ThreadMessage,
} from './thread-messages.ts';
import { unpackArchive, type UnpackResult } from './unpack-archive.ts';

if (isMainThread || parentPort === null) throw new Error('This file is the entry of a thread');
const port = parentPort;

interface RunningJob {
  readonly controller: AbortController;
  readonly archive: ReceivedArchive;
}

const running = new Map<number, RunningJob>();

port.on('message', (message: ThreadMessage) => {
  const { jobId } = message;
  // A job may have failed before its sender knows.
  const job = running.get(jobId);
  switch (message.kind) {
    case 'chunk':
      job?.archive.push(message.bytes);
      break;
    case 'end':
      job?.archive.push(null);
      break;
    case 'abort':
      job?.controller.abort();
      break;
    default:
      void begin(jobId, message);
  }
});

async function begin(jobId: number, message: JobMessage): Promise<void> {
  const controller = new AbortController();
  const archive = new ReceivedArchive(() => {
    port.postMessage({ jobId, kind: 'wanted' } satisfies ThreadAnswer);
  });
  running.set(jobId, { controller, archive });
  const answer = await perform(message, archive, controller.signal);
  running.delete(jobId);
  port.postMessage({ jobId, ...answer } satisfies ThreadAnswer);
}

/** An error that is not Larder's is a bug: it goes uncaught and takes the thread down. */
async function perform(
  message: JobMessage,
  archive: ReceivedArchive,
  signal: AbortSignal,
): Promise<JobEnd> {
  try {
    return { kind: 'done', result: await run(message, archive, signal) };
  } catch (error) {
    if (signal.aborted) return { kind: 'aborted' };
    if (isLarderError(error)) return { kind: 'failed', error: fieldsOf(error) };
    throw error;
  }
}

function run(
  message: JobMessage,
  archive: ReceivedArchive,
  signal: AbortSignal,
): Promise<PackResult | UnpackResult> {
  return message.kind === 'pack'
    ? packFolder({ ...message.request, signal })
    : unpackArchive({ ...message.request, archive, signal });
}

function fieldsOf({ code, message, hint, cause }: LarderError): ErrorFields {
  return {
    code,
    message,
    hint,
    cause:
      cause instanceof Error
        ? { message: cause.message, code: (cause as NodeJS.ErrnoException).code }
        : null,
  };
}
