import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createEventRecorder, type CachingStatus } from '@larder/client';
import type { ArchiveThread } from '../../archive/archive-thread.ts';
import { pluginError } from '../../errors/plugin-error.ts';
import { artifactHash, isTaskHash, type ArtifactFormat } from '../../identity/artifact-hash.ts';
import type { Trouble } from '../../report/run-report.ts';
import { toTrouble } from '../../report/trouble.ts';
import { mayRead, type AuthorizedConfiguration } from '../protocol/run-configuration.ts';
import type { LookupOutcome, LookupRequest } from '../protocol/worker-messages.ts';
import { createAbsenceSurvey } from './absence-survey.ts';
import { createLookupTurns } from './lookup-turns.ts';
import { restoreEntry } from './restore-entry.ts';
import { createUpstream, isOutage, type Upstream } from './upstream.ts';

/** What the worker keeps for one run: its way to the server, and its lookups. */
export interface RunSession {
  readonly runId: string;
  readonly configuration: AuthorizedConfiguration;
  readonly upstream: Upstream;
  /** Settles when the server has shown once whether it can be reached; never rejects. */
  readonly probed: Promise<void>;
  /** Never rejects: whatever goes wrong is a miss, and is reported. */
  lookUp(lookup: LookupRequest): Promise<LookupOutcome>;
  reportTrouble(error: unknown): void;
  /**
   * No lookup will come any more. Sends the server what is left to tell it about them, for a moment
   * at most; never rejects.
   *
   * @param localHits - Hashes of the tasks that Nx had in its own cache.
   */
  endLookups(localHits: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface RunSessionOptions {
  readonly runId: string;
  readonly configuration: AuthorizedConfiguration;
  readonly archive: ArchiveThread;
  /** Where artifacts are downloaded to. */
  readonly downloadsFolder: string;
  readonly onTrouble: (trouble: Trouble) => void;
}

interface Download {
  readonly file: string;
  readonly sizeBytes: number;
  readonly durationMs: number;
}

const miss: LookupOutcome = { kind: 'miss' };

/** A few requests for a whole command. Nobody waits for the last one: the report is there by then. */
const eventRecording = { batchSize: 200, idleMs: 5_000, closeTimeoutMs: 1_000 };

/** A timer that is set to more goes off at once. */
const maxTimerMs = 2 ** 31 - 1;

export function createRunSession(options: RunSessionOptions): RunSession {
  const { configuration, archive, onTrouble } = options;
  const upstream = createUpstream(configuration);
  const ended = new AbortController();
  // Lookups that wait for a connection inside of the client would not heed that the server is down.
  const turns = createLookupTurns({
    maxAtOnce: configuration.lookupConcurrency,
    // Until then those that have their turn and bring nothing are given up as well.
    patienceMs: Math.max(configuration.minDownloadMs, configuration.lookupTimeoutMs),
  });
  const probed = probe();
  const survey = createAbsenceSurvey({
    client: upstream.surveys,
    hashes: mayRead(configuration.mode) ? expectedHashes(configuration.expectedTasks) : [],
    now: () => performance.now(),
  });
  // Statistics for the server, which may take them or not: nobody here needs to hear of it.
  const events = createEventRecorder(upstream.lookups, eventRecording);

  function hashOf(taskHash: string, format: ArtifactFormat): string {
    return artifactHash({ format, namespace: configuration.namespace, taskHash });
  }

  function expectedHashes(taskHashes: readonly string[]): string[] {
    // The others are reported when they are looked up.
    return taskHashes
      .filter(isTaskHash)
      .map((taskHash) => hashOf(taskHash, configuration.expectedFormat));
  }

  function reportTrouble(error: unknown): void {
    if (!ended.signal.aborted) onTrouble(toTrouble(error));
  }

  /** Asks for the status, so that a server that is down is known before the first lookup. */
  async function probe(): Promise<void> {
    try {
      const status = await upstream.lookups.status({ retries: 0, signal: ended.signal });
      upstream.observe(null);
      if (status !== 'enabled') reportTrouble(cachingUnavailable(status));
    } catch (error) {
      upstream.observe(error);
      // A server need not know this endpoint; but one that cannot be reached is worth a word.
      if (isOutage(error)) reportTrouble(error);
    }
  }

  async function download(hash: string): Promise<Download | null> {
    const { minDownloadMs } = configuration;
    const file = join(options.downloadsFolder, randomUUID());
    const patience = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    try {
      const metadata = await upstream.lookups.getToFile(hash, file, {
        retries: 0,
        signal: AbortSignal.any([patience.signal, ended.signal]),
        onMetadata: ({ durationMs }) => {
          // Waiting longer than the task itself takes helps nobody.
          const limitMs = Math.min(Math.max(minDownloadMs, durationMs), maxTimerMs);
          timer = setTimeout(() => {
            patience.abort(downloadTooSlow(limitMs));
          }, limitMs);
        },
      });
      upstream.observe(null);
      if (metadata === null) return null;
      turns.noteArrival();
      const sizeBytes = metadata.sizeBytes ?? (await stat(file)).size;
      return { file, sizeBytes, durationMs: metadata.durationMs };
    } catch (error) {
      if (patience.signal.aborted) throw patience.signal.reason;
      upstream.observe(error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    runId: options.runId,
    configuration,
    upstream,
    probed,
    reportTrouble,
    async lookUp({ taskHash, target }) {
      if (!mayRead(configuration.mode)) return miss;
      try {
        const hash = hashOf(taskHash, target === null ? 'nx.tar.gz' : 'tar.br');
        events.record({ source: 'LOCAL', event: 'MISS', hash });
        const found = survey.isAbsent(hash) ? null : await turns.take(() => download(hash));
        if (found === null) {
          events.record({ source: 'REMOTE', event: 'MISS', hash });
          return miss;
        }
        const { file, sizeBytes, durationMs } = found;
        events.record({ source: 'REMOTE', event: 'HIT', hash, durationMs });
        const facts = { sizeBytes, durationMs };
        if (target === null) return { kind: 'hit', file, result: null, ...facts };
        try {
          const { signal } = ended;
          const result = await restoreEntry({ archive, file, taskHash, target, signal });
          return { kind: 'hit', file: null, result, ...facts };
        } finally {
          await rm(file, { force: true });
        }
      } catch (error) {
        reportTrouble(error);
        return miss;
      }
    },
    endLookups(localHits) {
      for (const taskHash of localHits) {
        if (!isTaskHash(taskHash)) continue;
        const hash = hashOf(taskHash, configuration.expectedFormat);
        events.record({ source: 'LOCAL', event: 'HIT', hash });
      }
      return events.close();
    },
    async close() {
      ended.abort();
      await events.close();
      await upstream.close();
    },
  };
}

function cachingUnavailable(status: CachingStatus) {
  return pluginError(
    'LARDER_AGENT_CACHING_UNAVAILABLE',
    `The server says that remote caching is not available to the team: ${status}`,
    { hint: 'Look at the remote caching settings and limits of the team on the server.' },
  );
}

function downloadTooSlow(limitMs: number) {
  return pluginError(
    'LARDER_AGENT_DOWNLOAD_TOO_SLOW',
    `A download was given up after ${limitMs} ms, longer than the task itself takes`,
    { hint: 'Check the network to the server, or raise the option "minDownloadMs".' },
  );
}
