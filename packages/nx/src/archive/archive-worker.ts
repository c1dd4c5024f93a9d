// Entry of the archive thread, started and spoken to by `createArchiveThread`.
import { isMainThread, parentPort } from 'node:worker_threads';
import { isLarderError, type LarderError } from '@larder/client/errors';
import { packFolder, type PackResult } from './pack-folder.ts';
import type { ErrorFields, ThreadAnswer, ThreadMessage } from './thread-messages.ts';
import type { UnpackResult } from './tar-extraction.ts';
import { unpackArchive } from './unpack-archive.ts';

type JobMessage = Exclude<ThreadMessage, { kind: 'abort' }>;

if (isMainThread || parentPort === null) throw new Error('This file is the entry of a thread');
const port = parentPort;

let running: AbortController | null = null;

port.on('message', (message: ThreadMessage) => {
  if (message.kind === 'abort') {
    running?.abort();
    return;
  }
  const controller = new AbortController();
  running = controller;
  void answer(message, controller.signal).then((result) => {
    running = null;
    port.postMessage(result);
  });
});

/** An error that is not Larder's is a bug: it goes uncaught and takes the thread down. */
async function answer(message: JobMessage, signal: AbortSignal): Promise<ThreadAnswer> {
  try {
    return { kind: 'done', result: await run(message, signal) };
  } catch (error) {
    if (signal.aborted) return { kind: 'aborted' };
    if (isLarderError(error)) return { kind: 'failed', error: fieldsOf(error) };
    throw error;
  }
}

function run(message: JobMessage, signal: AbortSignal): Promise<PackResult | UnpackResult> {
  return message.kind === 'pack'
    ? packFolder({ ...message.request, signal })
    : unpackArchive({ ...message.request, signal });
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
