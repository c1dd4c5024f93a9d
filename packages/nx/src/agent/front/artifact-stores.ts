import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { artifactHash, type ArtifactFormat } from '../../identity/artifact-hash.ts';
import type { StoreRequest } from '../protocol/control-api.ts';
import { mayWrite } from '../protocol/run-configuration.ts';
import type { SpoolContent, SpoolEntry } from '../spool/spool-entry.ts';
import type { SpoolFolder } from '../spool/spool-folder.ts';
import type { Run } from './open-runs.ts';
import type { WorkerSupervisor } from './worker-supervisor.ts';

/** Takes what Nx stores: it is safe on disk when these return, or it is dropped and said so. */
export interface ArtifactStores {
  /** For Nx's cache protocol. Consumes `body` to its end, whatever happens. */
  storeBody(run: Run, taskHash: string, body: Readable, sizeBytes: number): Promise<void>;
  /** For the directory protocol: only notes the folder, the worker packs it. */
  storeFolder(run: Run, store: StoreRequest): Promise<void>;
}

export function createArtifactStores(
  spool: SpoolFolder,
  supervisor: WorkerSupervisor,
  now: () => number,
): ArtifactStores {
  async function addEntry(
    run: Run,
    id: string,
    format: ArtifactFormat,
    entry: Pick<SpoolEntry, 'taskHash' | 'durationMs' | 'isHeld' | 'content'>,
  ): Promise<void> {
    const { namespace, upstream } = run.configuration;
    run.ledger.recordFormat(entry.taskHash, format);
    await spool.add({
      id,
      runId: run.id,
      agentPid: process.pid,
      upstream,
      artifactHash: artifactHash({ format, namespace, taskHash: entry.taskHash }),
      createdAt: now(),
      ...entry,
    });
    run.ledger.recordStore(entry.taskHash, {
      sizeBytes: sizeOf(entry.content),
      durationMs: entry.durationMs,
    });
    const spooled = { entryId: id, runId: run.id, taskHash: entry.taskHash };
    supervisor.send({ kind: 'spooled', entry: spooled });
  }

  function drop(run: Run, taskHash: string, error: unknown): void {
    const code = 'LARDER_AGENT_SPOOL_FAILED';
    run.ledger.recordDrop(taskHash, { reason: 'lost', code });
    run.ledger.recordTrouble({
      code,
      summary: 'an artifact could not be kept for its upload',
      detail: error instanceof Error ? error.message : String(error),
      hint: 'Free disk space, or set "dataDirectory" in nx.json to a folder that can be written.',
    });
  }

  /** Nx writes a task's terminal output as it ends; the request comes only after it packed all outputs. */
  async function endOf(run: Run, taskHash: string, startedAt: number | null): Promise<number> {
    const receivedAt = now();
    const folder = run.configuration.terminalOutputsFolder;
    if (folder === null || startedAt === null) return receivedAt;
    try {
      const { mtimeMs } = await stat(join(folder, taskHash));
      return mtimeMs >= startedAt && mtimeMs <= receivedAt ? mtimeMs : receivedAt;
    } catch {
      return receivedAt;
    }
  }

  async function estimate(run: Run, taskHash: string) {
    const { at, isExact } = run.ledger.startOf(taskHash);
    const end = await endOf(run, taskHash, at);
    return { durationMs: at === null ? 0 : Math.max(0, Math.round(end - at)), isExact };
  }

  return {
    async storeBody(run, taskHash, body, sizeBytes) {
      if (!mayWrite(run.configuration.mode)) return drain(body);
      const { durationMs, isExact } = await estimate(run, taskHash);
      const isHeld = !isExact && run.heldBytes + sizeBytes <= run.configuration.maxHeldBytes;
      // Counted before its bytes arrive: others that arrive meanwhile share the bound.
      if (isHeld) run.heldBytes += sizeBytes;
      const id = randomUUID();
      try {
        await spool.writeBody(id, body, sizeBytes);
        await addEntry(run, id, 'nx.tar.gz', {
          taskHash,
          durationMs,
          isHeld,
          content: { kind: 'body', sizeBytes },
        });
      } catch (error) {
        if (isHeld) run.heldBytes -= sizeBytes;
        await spool.remove(id).catch(() => undefined);
        if (isCutOff(body)) run.ledger.recordDrop(taskHash, null);
        else drop(run, taskHash, error);
        await drain(body);
      }
    },
    async storeFolder(run, { taskHash, cacheDirectory, durationMs, result }) {
      if (!mayWrite(run.configuration.mode)) return;
      const folder = join(cacheDirectory, taskHash);
      const content: SpoolContent =
        result === null
          ? { kind: 'folder', folder }
          : // File systems count fractions of what this clock counts.
            { kind: 'outputs', folder, result, completeAtMs: now() + 1 };
      const timing =
        durationMs === null ? await estimate(run, taskHash) : { durationMs, isExact: true };
      try {
        await addEntry(run, randomUUID(), 'tar.br', {
          taskHash,
          durationMs: timing.durationMs,
          // How large it is shows when it is packed: the worker keeps to the bound.
          isHeld: !timing.isExact,
          content,
        });
      } catch (error) {
        drop(run, taskHash, error);
      }
    },
  };
}

function sizeOf(content: SpoolContent): number | null {
  return content.kind === 'body' ? content.sizeBytes : null;
}

/** Whether the client went away, and with it whoever wanted the artifact to be kept. */
function isCutOff(body: Readable): boolean {
  return body.destroyed && !body.readableEnded;
}

/** Reads a body to its end so that Nx, which only then reads the answer, is not cut off. */
async function drain(body: Readable): Promise<void> {
  if (isCutOff(body) || body.readableEnded) return;
  await new Promise<void>((resolve) => {
    body
      .once('close', resolve)
      .once('end', resolve)
      .once('error', () => {
        resolve();
      });
    body.resume();
  });
}
