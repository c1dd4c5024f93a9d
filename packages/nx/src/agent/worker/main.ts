// Entry of the agent's worker process, started and spoken to by the front: `node main.js <data folder>`.
import '../protocol/enable-compile-cache.ts';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createArchiveThread } from '../../archive/archive-thread.ts';
import type { Trouble } from '../../report/run-report.ts';
import { isProcessAlive } from '../is-process-alive.ts';
import { dataLayout } from '../protocol/data-layout.ts';
import {
  mayWrite,
  type AuthorizedConfiguration,
  type RunConfiguration,
} from '../protocol/run-configuration.ts';
import type { FrontMessage, SpooledEntry, WorkerMessage } from '../protocol/worker-messages.ts';
import { createSpoolFolder } from '../spool/spool-folder.ts';
import { createParkedUploads } from './parked-uploads.ts';
import { createRunAuthorization } from './run-authorization.ts';
import { createRunOpenings } from './run-openings.ts';
import { createRunSession, type RunSession } from './run-session.ts';
import { toTrouble } from '../../report/trouble.ts';
import { createUploadQueue, type UploadQueue } from './upload-queue.ts';

const dataDirectory = process.argv[2];
if (dataDirectory === undefined) throw new Error('The data folder is missing');
const layout = dataLayout(dataDirectory);
const downloadsFolder = prepareDownloadsFolder();

const sessions = new Map<string, RunSession>();
const openings = createRunOpenings({
  authorize: createRunAuthorization({ now: Date.now }),
  onAuthorized: (runId, configuration) => {
    sessions.set(runId, openSession(runId, configuration));
  },
  onRefused: (runId, error) => {
    tell({ kind: 'trouble', runId, trouble: toTrouble(error) });
  },
});
/** What this process still has to do when its front lets go of it; short by its own bounds. */
const finishing = new Set<Promise<void>>();
/** Two threads: a task waits for what is unpacked, nobody for what is packed. */
const packing = createArchiveThread();
const unpacking = createArchiveThread();
const spool = createSpoolFolder(layout.spool);
const uploads: UploadQueue = createUploadQueue({
  spool,
  archive: packing,
  sessions,
  agentPid: process.ppid,
  now: Date.now,
  onEnded: (upload) => {
    tell({ kind: 'upload-ended', upload });
  },
  onParked: (session) => {
    parked.add(session.configuration);
  },
  onBusy: (isBusy) => {
    tell({ kind: 'busy', isBusy });
  },
});
/** While the spool is looked through: settles when that is done for every run that is known. */
let adoption: Promise<unknown> | null = null;
const parked = createParkedUploads({ queue: uploads, sessions, openSession });

function openSession(runId: string, configuration: AuthorizedConfiguration): RunSession {
  const onTrouble = (trouble: Trouble) => {
    tell({ kind: 'trouble', runId, trouble });
  };
  return createRunSession({
    runId,
    configuration,
    archive: unpacking,
    downloadsFolder,
    onTrouble,
  });
}

async function receive(message: FrontMessage): Promise<void> {
  const opening = openings.settled(runIdOf(message));
  if (opening) await opening;
  switch (message.kind) {
    case 'open-run': {
      const { runId, configuration } = message;
      if (isAuthorized(configuration)) sessions.set(runId, openSession(runId, configuration));
      else openings.begin(runId, configuration);
      break;
    }
    case 'adopt-leftovers':
      await adoptLeftovers();
      break;
    case 'look-up': {
      const { lookup, requestId } = message;
      const outcome = await sessions.get(lookup.runId)?.lookUp(lookup);
      tell({ kind: 'looked-up', requestId, outcome: outcome ?? { kind: 'miss', code: null } });
      break;
    }
    case 'spooled':
      if (maySend(message.entry.runId)) await uploads.add(message.entry);
      else await drop(message.entry);
      break;
    case 'release':
      uploads.release(message.runId, message.durationsMs);
      await finish(sessions.get(message.runId)?.endLookups(message.localHits));
      break;
    case 'forget-run': {
      openings.forget(message.runId);
      const session = sessions.get(message.runId);
      if (!session) break;
      // A short command ends before the worker has found what it may send on the command's behalf.
      // Otherwise at once: what has already arrived after this must not meet the run any more.
      if (adoption) await adoption;
      sessions.delete(message.runId);
      await uploads.forget(session);
      await session.close();
      break;
    }
    case 'ping':
      tell({ kind: 'pong' });
      break;
  }
}

/** The run that a message is for; empty for one that begins a run, and for those that are for all. */
function runIdOf(message: FrontMessage): string {
  if (message.kind === 'look-up') return message.lookup.runId;
  if (message.kind === 'spooled') return message.entry.runId;
  return message.kind === 'release' || message.kind === 'forget-run' ? message.runId : '';
}

function isAuthorized(configuration: RunConfiguration): configuration is AuthorizedConfiguration {
  return configuration.token !== null;
}

/** False where there is no token, or one that only reads. */
function maySend(runId: string): boolean {
  const session = sessions.get(runId);
  return !openings.isRefused(runId) && (!session || mayWrite(session.configuration.mode));
}

async function drop({ entryId, runId, taskHash }: SpooledEntry): Promise<void> {
  await spool.remove(entryId);
  const reason = openings.isRefused(runId) ? 'no-token' : 'read-only';
  tell({
    kind: 'upload-ended',
    upload: {
      runId,
      taskHash,
      result: 'dropped',
      cause: { reason, code: null },
      sizeBytes: 0,
      durationMs: 0,
    },
  });
}

async function adoptLeftovers(): Promise<void> {
  // Runs that may send leftovers have to be there when those are looked through.
  const opened = openings.allSettled();
  const adoptingNow = () => uploads.adoptLeftovers();
  const adopting = (opened ? opened.then(adoptingNow) : adoptingNow()).finally(() => {
    tell({ kind: 'adopted' });
  });
  const all = Promise.allSettled([adoption, adopting]);
  adoption = all;
  void all.then(() => {
    if (adoption === all) adoption = null;
  });
  await adopting;
}

/**
 * Empties the folder of this agent's downloads and removes those of agents that are no more.
 * Folders are named after fronts: another agent of the same data folder may still be draining.
 */
function prepareDownloadsFolder(): string {
  const own = join(layout.downloads, String(process.ppid));
  mkdirSync(own, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(layout.downloads)) {
    const folder = join(layout.downloads, name);
    if (folder === own || !isProcessAlive(Number(name))) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  mkdirSync(own, { recursive: true, mode: 0o700 });
  return own;
}

async function finish(work: Promise<void> | undefined): Promise<void> {
  if (!work) return;
  finishing.add(work);
  await work;
  finishing.delete(work);
}

function tell(message: WorkerMessage): void {
  // Without a channel the front is gone and this process is about to end.
  if (process.connected) process.send?.(message, () => undefined);
}

process.on('message', (message) => {
  receive(message as FrontMessage).catch((error: unknown) => {
    console.error(error);
  });
});
process.on('disconnect', () => {
  void Promise.allSettled(finishing).then(() => process.exit(0));
});
