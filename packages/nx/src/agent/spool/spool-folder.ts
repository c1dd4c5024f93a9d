import { readdirSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { SpoolContent, SpoolEntry } from './spool-entry.ts';

/** Leftovers of a writer that died are removed when they are older than this. */
const abandonedAfterMs = 60 * 60 * 1000;

/** The folder where artifacts wait for their upload. The front writes entries, the worker ends them. */
export interface SpoolFolder {
  /** Where an entry's bytes lie or, for a packed folder, will lie. */
  bodyFile(entryId: string): string;
  /**
   * Takes the bytes of an entry. They do not count until `add` describes them. A full disk does not
   * stop the reading: whoever sends the body must be able to finish.
   * @throws the file system's error, or an error when the stream ends before `sizeBytes`.
   */
  writeBody(entryId: string, body: Readable, sizeBytes: number): Promise<void>;
  /** Makes an entry visible, or replaces its description. */
  add(entry: SpoolEntry): Promise<void>;
  /** The entry, or null when it is gone or unreadable. */
  read(entryId: string): Promise<SpoolEntry | null>;
  /** Whether there seems to be any entry; does not read them. */
  hasEntries(): boolean;
  /** Every complete entry, oldest first. */
  list(): Promise<SpoolEntry[]>;
  remove(entryId: string): Promise<void>;
  /**
   * Removes what is too old, what is too much (oldest first) and what writers left half-way.
   * Entries for which `isInUse` holds stay.
   */
  sweep(limits: SpoolLimits): Promise<void>;
}

export interface SpoolLimits {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly now: number;
  readonly isInUse: (entryId: string) => boolean;
}

export function createSpoolFolder(folder: string): SpoolFolder {
  const bodyFile = (entryId: string) => join(folder, `${entryId}.body`);
  const entryFile = (entryId: string) => join(folder, `${entryId}.json`);

  async function read(entryId: string): Promise<SpoolEntry | null> {
    try {
      const entry = JSON.parse(await readFile(entryFile(entryId), 'utf8')) as unknown;
      return isSpoolEntry(entry, entryId) ? entry : null;
    } catch {
      return null;
    }
  }

  async function remove(entryId: string): Promise<void> {
    // The description goes first: a body without one is an orphan that the sweep removes.
    await rm(entryFile(entryId), { force: true });
    await rm(bodyFile(entryId), { force: true });
  }

  async function names(): Promise<string[]> {
    try {
      return await readdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  async function list(): Promise<SpoolEntry[]> {
    const ids = (await names())
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length));
    const entries = await Promise.all(ids.map(read));
    return entries
      .filter((entry) => entry !== null)
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  async function sizeOnDisk(entry: SpoolEntry): Promise<number> {
    try {
      return (await stat(bodyFile(entry.id))).size;
    } catch {
      return 0;
    }
  }

  return {
    bodyFile,
    async writeBody(entryId, body, sizeBytes) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const partial = `${bodyFile(entryId)}.partial`;
      try {
        const writtenBytes = await writeAll(partial, body);
        if (writtenBytes !== sizeBytes) {
          throw new Error(`${writtenBytes} bytes arrived where ${sizeBytes} were announced`);
        }
        await rename(partial, bodyFile(entryId));
      } finally {
        await rm(partial, { force: true });
      }
    },
    async add(entry) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = `${entryFile(entry.id)}.tmp`;
      try {
        await writeFile(temporary, JSON.stringify(entry), { mode: 0o600 });
        await rename(temporary, entryFile(entry.id));
      } finally {
        await rm(temporary, { force: true });
      }
    },
    read,
    hasEntries() {
      try {
        return readdirSync(folder).some((name) => name.endsWith('.json'));
      } catch {
        return false;
      }
    },
    list,
    remove,
    async sweep({ maxBytes, maxAgeMs, now, isInUse }) {
      let bytes = 0;
      const entries = await list();
      for (const entry of entries.reverse()) {
        bytes += await sizeOnDisk(entry);
        const isTooMuch = bytes > maxBytes || now - entry.createdAt > maxAgeMs;
        if (isTooMuch && !isInUse(entry.id)) await remove(entry.id);
      }
      const known = new Set(entries.map((entry) => entry.id));
      for (const name of await names()) {
        if (known.has(name.replace(/\.(body|json)$/, ''))) continue;
        const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: now }));
        if (now - mtimeMs > abandonedAfterMs) {
          await rm(join(folder, name), { recursive: true, force: true });
        }
      }
    },
  };
}

async function writeAll(file: string, body: Readable): Promise<number> {
  const handle = await open(file, 'wx', 0o600);
  let writtenBytes = 0;
  let failure: unknown = null;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (failure !== null) continue;
      try {
        await handle.appendFile(chunk);
        writtenBytes += chunk.length;
      } catch (error) {
        failure = error;
      }
    }
  } finally {
    await handle.close();
  }
  if (failure !== null) throw failure as Error;
  return writtenBytes;
}

function isSpoolEntry(value: unknown, id: string): value is SpoolEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<SpoolEntry>;
  return (
    entry.id === id &&
    typeof entry.runId === 'string' &&
    Number.isInteger(entry.agentPid) &&
    typeof entry.artifactHash === 'string' &&
    typeof entry.taskHash === 'string' &&
    typeof entry.durationMs === 'number' &&
    typeof entry.isHeld === 'boolean' &&
    typeof entry.createdAt === 'number' &&
    typeof entry.upstream?.url === 'string' &&
    isSpoolContent(entry.content)
  );
}

function isSpoolContent(value: Partial<SpoolContent> | null | undefined): boolean {
  return (
    (value?.kind === 'body' && Number.isSafeInteger(value.sizeBytes)) ||
    (value?.kind === 'folder' && typeof value.folder === 'string') ||
    (value?.kind === 'outputs' &&
      typeof value.folder === 'string' &&
      typeof value.completeAtMs === 'number' &&
      typeof value.result?.code === 'number' &&
      typeof value.result.terminalOutput === 'string')
  );
}
