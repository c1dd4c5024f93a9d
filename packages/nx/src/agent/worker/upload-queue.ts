import { fileBody, isLarderError, type ClientErrorCode } from '@larder/client';
import type { ArchiveThread } from '../../archive/archive-thread.ts';
import { holdsFailure } from '../../archive/holds-failure.ts';
import type { NotStored } from '../../report/run-report.ts';
import { toTrouble } from '../../report/trouble.ts';
import { isSameUpstream, mayWrite } from '../protocol/run-configuration.ts';
import { isProcessAlive } from '../is-process-alive.ts';
import type { SpooledEntry, UploadOutcome } from '../protocol/worker-messages.ts';
import type { SpoolEntry } from '../spool/spool-entry.ts';
import type { SpoolFolder } from '../spool/spool-folder.ts';
import { packEntry } from './pack-entry.ts';
import type { RunSession } from './run-session.ts';
import { createSendBacklog } from './send-backlog.ts';
import { createWorkLimit } from './work-limit.ts';

/** Answers after which sending the same artifact again is pointless. */
const finalCodes = [
  'LARDER_ACCESS_WRITE_FORBIDDEN',
  'LARDER_HTTP_BAD_REQUEST',
  'LARDER_HTTP_TOO_LARGE',
  'LARDER_HTTP_UNEXPECTED_STATUS',
  'LARDER_REQUEST_HASH_INVALID',
  'LARDER_REQUEST_OPTION_INVALID',
  'LARDER_BODY_LENGTH_MISMATCH',
  'LARDER_BODY_UNREADABLE',
] as const satisfies readonly ClientErrorCode[];

/** Sends what is in the spool, a few at a time, with the credentials of each entry's own run. */
export interface UploadQueue {
  /** Takes a new entry; one that is held waits for `release`, a folder when it is packed. */
  add(spooled: SpooledEntry): Promise<void>;
  /** Takes what earlier runs and earlier workers left, as far as an open run may send it. */
  adoptLeftovers(): Promise<void>;
  /** Sends what a run still holds, with exact durations where they are known. */
  release(runId: string, durationsMs: Readonly<Record<string, number>>): void;
  /**
   * The run is over and no entry of it will come. Resolves when its session is no longer used,
   * for it may still be sending what others left.
   */
  forget(session: RunSession): Promise<void>;
}

export interface UploadQueueOptions {
  readonly spool: SpoolFolder;
  readonly archive: ArchiveThread;
  readonly sessions: ReadonlyMap<string, RunSession>;
  /** The front's. */
  readonly agentPid: number;
  readonly now: () => number;
  readonly onEnded: (outcome: UploadOutcome) => void;
  /** An upload with this session's credentials has to wait until the server can be reached. */
  readonly onParked: (session: RunSession) => void;
  readonly onBusy: (isBusy: boolean) => void;
}

interface Job {
  readonly entry: SpoolEntry;
  readonly session: RunSession;
}

export function createUploadQueue(options: UploadQueueOptions): UploadQueue {
  const { spool, archive, sessions } = options;
  /** Entries that this worker has taken in hand and not finished with. */
  const taken = new Set<string>();
  const held = new Map<string, Job>();
  /** Bytes of what was packed and is held, by run; the front counts what it holds itself. */
  const heldBytes = new Map<string, number>();
  const waiting: { readonly job: Job; readonly resolve: () => void }[] = [];
  const exactDurations = new Map<string, Readonly<Record<string, number>>>();
  /** Enqueued jobs that have not ended, with their ends. */
  const unfinished = new Map<Job, Promise<void>>();
  /** One after the other, so that the first can be sent while the next is packed. */
  const packing = createWorkLimit(1);
  const backlog = createSendBacklog();
  let active = 0;

  function enqueue(job: Job): void {
    if (unfinished.size === 0) options.onBusy(true);
    const ended = new Promise<void>((resolve) => waiting.push({ job, resolve }));
    unfinished.set(job, ended);
    next();
  }

  /** Holds or enqueues an entry that is taken; lets go of one that no run may send. */
  function dispatch(entry: SpoolEntry): void {
    // Looked for now: the run that stored it may have ended while the spool was read.
    const own = sessions.get(entry.runId);
    const isPacked = entry.content.kind === 'body';
    if (own && isPacked && entry.isHeld && !exactDurations.has(entry.runId)) {
      held.set(entry.id, { entry, session: own });
      return;
    }
    const session = sessionFor(entry);
    if (session) enqueue({ entry, session });
    else taken.delete(entry.id);
  }

  function next(): void {
    const first = waiting[0];
    if (!first || active >= first.job.session.configuration.uploadConcurrency) return;
    waiting.shift();
    active += 1;
    void upload(first.job).finally(() => {
      active -= 1;
      unfinished.delete(first.job);
      first.resolve();
      if (unfinished.size === 0) options.onBusy(false);
      next();
    });
    next();
  }

  function jobsOf(session: RunSession): Promise<void>[] {
    return [...unfinished].filter(([job]) => job.session === session).map(([, ended]) => ended);
  }

  /** Whether a folder that has just been packed shall wait for its task's exact duration, and does. */
  function holdPacked({ entry, session }: Job, sizeBytes: number): boolean {
    const { runId } = entry;
    const bytes = (heldBytes.get(runId) ?? 0) + sizeBytes;
    const isExpected = session.runId === runId && !exactDurations.has(runId);
    if (entry.content.kind === 'body' || !entry.isHeld || !isExpected) return false;
    if (bytes > session.configuration.maxHeldBytes) return false;
    heldBytes.set(runId, bytes);
    held.set(entry.id, { entry: { ...entry, content: { kind: 'body', sizeBytes } }, session });
    return true;
  }

  async function upload({ entry, session }: Job): Promise<void> {
    const report = (error: unknown) => {
      session.reportTrouble(error);
    };
    let { durationMs } = entry;
    let sizeBytes = entry.content.kind === 'body' ? entry.content.sizeBytes : 0;
    let result: UploadOutcome['result'];
    let cause: NotStored | null = null;
    try {
      // A folder is packed even when the server is down: Nx may remove it before it is up again.
      sizeBytes = await ensureBody(entry);
      if (holdPacked({ entry, session }, sizeBytes)) return;
      // Not before: the run may have ended while its folder was packed.
      durationMs = exactDurations.get(entry.runId)?.[entry.taskHash] ?? durationMs;
      const isWanted =
        session.configuration.storesFailures || !(await holdsFailure(spool.bodyFile(entry.id)));
      await session.probed;
      if (!isWanted) [result, cause] = ['dropped', { reason: 'failed', code: null }];
      else if (session.upstream.isDown())
        [result, cause] = ['parked', { reason: 'parked', code: null }];
      else result = 'uploaded';
      if (result === 'uploaded') {
        const body = fileBody(spool.bodyFile(entry.id), sizeBytes);
        await session.upstream.uploads.put(entry.artifactHash, body, { durationMs });
        session.upstream.observe(null);
      }
    } catch (error) {
      session.upstream.observe(error);
      report(error);
      result = isFinal(error) ? 'dropped' : 'parked';
      cause = causeOf(error, result);
    } finally {
      backlog.remove(entry.id);
    }
    if (result !== 'parked') await spool.remove(entry.id).catch(report);
    else if (entry.isHeld || durationMs !== entry.durationMs) {
      // Whoever sends it will not know the run any more.
      const content = { kind: 'body', sizeBytes } as const;
      await spool.add({ ...entry, content, durationMs, isHeld: false }).catch(report);
    }
    taken.delete(entry.id);
    const { runId, taskHash } = entry;
    options.onEnded({ runId, taskHash, result, cause, sizeBytes, durationMs });
    if (result === 'parked') options.onParked(session);
  }

  /** @returns the size of the entry's body, which is made first where there is only a folder. */
  async function ensureBody(entry: SpoolEntry): Promise<number> {
    const { content } = entry;
    if (content.kind === 'body') {
      backlog.add(entry.id, content.sizeBytes);
      return content.sizeBytes;
    }
    const { sizeBytes } = await packing(async () => {
      const result = await packEntry(archive, content, {
        file: spool.bodyFile(entry.id),
        compression: backlog.compression(),
      });
      backlog.add(entry.id, result.sizeBytes);
      return result;
    });
    await spool.add({ ...entry, content: { kind: 'body', sizeBytes } });
    return sizeBytes;
  }

  function sessionFor(entry: SpoolEntry): RunSession | null {
    const own = sessions.get(entry.runId);
    if (own && !own.upstream.isDown()) return own;
    const able = [...sessions.values()].filter(({ configuration: { mode, upstream, token } }) => {
      const isAllowed = own === undefined || token === own.configuration.token;
      return isAllowed && mayWrite(mode) && isSameUpstream(upstream, entry.upstream);
    });
    return able.findLast(({ upstream }) => !upstream.isDown()) ?? own ?? able.at(-1) ?? null;
  }

  /** Whether another agent of the same folder, one that is still draining, will see to it. */
  function isOfAnotherAgent({ agentPid }: SpoolEntry): boolean {
    return agentPid !== options.agentPid && isProcessAlive(agentPid);
  }

  async function sweep(): Promise<void> {
    const limits = [...sessions.values()].map(({ configuration }) => configuration);
    if (limits.length === 0) return;
    await spool.sweep({
      maxBytes: Math.max(...limits.map(({ maxSpoolBytes }) => maxSpoolBytes)),
      maxAgeMs: Math.max(...limits.map(({ maxSpoolAgeMs }) => maxSpoolAgeMs)),
      now: options.now(),
      isInUse: (entryId) => taken.has(entryId),
    });
  }

  return {
    async add({ entryId, runId, taskHash }) {
      if (!sessions.has(runId) || taken.has(entryId)) return;
      taken.add(entryId);
      const entry = await spool.read(entryId);
      if (entry) dispatch(entry);
      else {
        // Somebody has emptied the spool. The run must not wait for it for ever.
        taken.delete(entryId);
        options.onEnded({
          runId,
          taskHash,
          result: 'dropped',
          cause: { reason: 'lost', code: null },
          sizeBytes: 0,
          durationMs: 0,
        });
      }
    },
    async adoptLeftovers() {
      await sweep();
      for (const entry of await spool.list()) {
        if (taken.has(entry.id) || isOfAnotherAgent(entry)) continue;
        taken.add(entry.id);
        dispatch(entry);
      }
    },
    release(runId, durationsMs) {
      heldBytes.delete(runId);
      exactDurations.set(runId, durationsMs);
      for (const [entryId, job] of held) {
        if (job.entry.runId !== runId) continue;
        held.delete(entryId);
        enqueue(job);
      }
    },
    async forget(session) {
      exactDurations.delete(session.runId);
      await Promise.all(jobsOf(session));
    },
  };
}

function causeOf(error: unknown, result: 'dropped' | 'parked'): NotStored {
  const { code } = toTrouble(error);
  if (result === 'parked') return { reason: 'parked', code };
  const isReadOnly = code === 'LARDER_ACCESS_WRITE_FORBIDDEN';
  return { reason: isReadOnly ? 'read-only' : 'refused', code };
}

function isFinal(error: unknown): boolean {
  if (!isLarderError(error)) return true;
  return finalCodes.some((code) => code === error.code) || error.code.startsWith('LARDER_ARCHIVE_');
}
