import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const pollIntervalMs = 200;

export interface FollowOptions {
  readonly print: (text: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Prints what is written to a file until the signal. A file that is emptied is read from its start. */
export async function followLog(file: string, { print, signal }: FollowOptions): Promise<void> {
  let position = 0;
  while (!signal.aborted) {
    const { text, end } = await readFrom(file, position);
    position = end;
    if (text !== '') await print(text);
    await delay(pollIntervalMs, undefined, { signal }).catch(() => undefined);
  }
}

async function readFrom(file: string, position: number): Promise<{ text: string; end: number }> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return { text: '', end: 0 };
  try {
    const { size } = await handle.stat();
    const start = size < position ? 0 : position;
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    return { text: buffer.toString('utf8', 0, bytesRead), end: start + bytesRead };
  } finally {
    await handle.close();
  }
}
