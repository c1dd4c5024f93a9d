import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createEventRecorder,
  type ArtifactMetadata,
  type CachingStatus,
  type GetToFileOptions,
} from '@larder/client';
import type { ArchiveThread } from '../../archive/archive-thread.ts';
import { pluginError } from '../../errors/plugin-error.ts';
import { artifactHash, isTaskHash, type ArtifactFormat } from '../../identity/artifact-hash.ts';
import type { Trouble } from '../../report/run-report.ts';
import { toTrouble } from '../../report/trouble.ts';
import { mayRead, type AuthorizedConfiguration } from '../protocol/run-configuration.ts';
import type { LookupOutcome, LookupRequest, RestoreTarget } from '../protocol/worker-messages.ts';
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

type Hit = Extract<LookupOutcome, { readonly kind: 'hit' }>;

type DownloadOptions = Required<GetToFileOptions>;

const miss: LookupOutcome = { kind: 'miss', code: null };

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

  /**
   * Runs a download of a hit that ends by itself when it takes too long; null for a miss.
   *
   * @param begin - Has to tell the head of the hit as soon as it is known.
   */
  async function download(
    begin: (download: DownloadOptions) => Promise<ArtifactMetadata | null>,
  ): Promise<ArtifactMetadata | null> {
    const { minDownloadMs } = configuration;
    const patience = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    try {
      const metadata = await begin({
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
      if (metadata !== null) turns.noteArrival();
      return metadata;
    } catch (error) {
      if (patience.signal.aborted) throw patience.signal.reason;
      upstream.observe(error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The artifact as a file. */
  async function fetchFile(hash: string): Promise<Hit | null> {
    const file = join(options.downloadsFolder, randomUUID());
    const metadata = await download((each) => upstream.lookups.getToFile(hash, file, each));
    if (metadata === null) return null;
    const sizeBytes = metadata.sizeBytes ?? (await stat(file)).size;
    return { kind: 'hit', file, result: null, sizeBytes, durationMs: metadata.durationMs };
  }

  /** The artifact as an entry of Nx's cache, which takes shape while it arrives. */
  async function fetchEntry(
    hash: string,
    taskHash: string,
    target: RestoreTarget,
  ): Promise<Hit | null> {
    let durationMs = 0;
    const restored = await restoreEntry({
      archive,
      taskHash,
      target,
      signal: ended.signal,
      async receive(open) {
        const metadata = await download(({ onMetadata, ...each }) =>
          upstream.lookups.getInto(
            hash,
            (early) => {
              onMetadata(early);
              return open();
            },
            each,
          ),
        );
        durationMs = metadata?.durationMs ?? 0;
        return metadata !== null;
      },
    });
    return restored && { kind: 'hit', file: null, durationMs, ...restored };
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
        const fetch = () =>
          target === null ? fetchFile(hash) : fetchEntry(hash, taskHash, target);
        const hit = survey.isAbsent(hash) ? null : await turns.take(fetch);
        if (hit === null) {
          events.record({ source: 'REMOTE', event: 'MISS', hash });
          return miss;
        }
        events.record({ source: 'REMOTE', event: 'HIT', hash, durationMs: hit.durationMs });
        return hit;
      } catch (error) {
        reportTrouble(error);
        return { kind: 'miss', code: toTrouble(error).code };
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
