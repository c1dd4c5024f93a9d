// Sums as people read them.
import type { ArtifactApi } from '../storage/artifact-index.ts';
import type { UsageNumbers } from '../storage/usage-store.ts';
import { LATENCY_BUCKETS, quantileOf } from './latency-buckets.ts';
import {
  ARTIFACT_APIS,
  byName,
  CLIENT_CLASSES,
  REQUEST_OUTCOMES,
  type ClientClass,
  type LookupResult,
  type RequestOutcome,
  type TransferMethod,
} from './usage-measures.ts';

/** Lookups and what became of them. */
export interface LookupCounts {
  hits: number;
  misses: number;
}

/** Artifacts and their bytes. */
export interface ArtifactCounts {
  artifacts: number;
  bytes: number;
}

/** How long transfers took; null when there were none. */
export interface Latency {
  count: number;
  p50Ms: number | null;
  p95Ms: number | null;
}

/** What happened in some time. */
export interface UsageFigures extends LookupCounts {
  /** Hits among all lookups, from 0 to 1; null when there were no lookups. */
  hitRate: number | null;
  /** Hits in caches of clients, as far as they tell of them. */
  localHits: number;
  /** How long the tasks of the hits ran when they ran. */
  savedMs: number;
  /** Bytes of the artifacts of hits. */
  servedBytes: number;
  stored: ArtifactCounts;
  /** Uploads of what was there already. */
  duplicates: ArtifactCounts;
  evicted: ArtifactCounts & {
    /** For how long the one of them that was used last had not been used. */
    youngestAgeMs: number | null;
  };
  purged: ArtifactCounts;
  byApi: Record<ArtifactApi, LookupCounts>;
  byClient: Record<ClientClass, LookupCounts>;
  requests: Record<RequestOutcome, number>;
  authFailures: number;
  storageErrors: number;
  latency: Record<TransferMethod, Latency>;
}

export function toFigures(numbers: UsageNumbers): UsageFigures {
  const { sums, youngestEvictedAgeMs } = numbers;
  const apis = byName(ARTIFACT_APIS, (api) => countLookups(numbers, { api }));
  const hits = apis.artifacts.hits + apis.nx.hits;
  const misses = apis.artifacts.misses + apis.nx.misses;
  return {
    hits,
    misses,
    hitRate: hits + misses === 0 ? null : hits / (hits + misses),
    localHits: sums.local_hits ?? 0,
    savedMs: sums.saved_ms ?? 0,
    servedBytes: sums.served_bytes ?? 0,
    stored: { artifacts: sums.stored_artifacts ?? 0, bytes: sums.stored_bytes ?? 0 },
    duplicates: { artifacts: sums.duplicate_artifacts ?? 0, bytes: sums.duplicate_bytes ?? 0 },
    evicted: {
      artifacts: sums.evicted_artifacts ?? 0,
      bytes: sums.evicted_bytes ?? 0,
      youngestAgeMs: youngestEvictedAgeMs,
    },
    purged: { artifacts: sums.purged_artifacts ?? 0, bytes: sums.purged_bytes ?? 0 },
    byApi: apis,
    byClient: byName(CLIENT_CLASSES, (client) => countLookups(numbers, { client })),
    requests: byName(REQUEST_OUTCOMES, (outcome) => sums[`requests_${outcome}`] ?? 0),
    authFailures: sums.auth_failures ?? 0,
    storageErrors: sums.storage_errors ?? 0,
    latency: { get: latencyOf(numbers, 'get'), put: latencyOf(numbers, 'put') },
  };
}

/** How many transfers each of the {@link LATENCY_BUCKETS} has. */
export function latencyCounts({ sums }: UsageNumbers, method: TransferMethod): number[] {
  return LATENCY_BUCKETS.map((_bound, number) => sums[`${method}_latency_${number}`] ?? 0);
}

function countLookups(
  { sums }: UsageNumbers,
  only: { api?: ArtifactApi; client?: ClientClass },
): LookupCounts {
  const apis = only.api === undefined ? ARTIFACT_APIS : [only.api];
  const clients = only.client === undefined ? CLIENT_CLASSES : [only.client];
  const count = (result: LookupResult) =>
    apis
      .flatMap((api) => clients.map((client) => sums[`${api}_${result}_${client}`] ?? 0))
      .reduce((sum, each) => sum + each, 0);
  return { hits: count('hit'), misses: count('miss') };
}

function latencyOf(numbers: UsageNumbers, method: TransferMethod): Latency {
  const counts = latencyCounts(numbers, method);
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    p50Ms: rounded(quantileOf(counts, 0.5)),
    p95Ms: rounded(quantileOf(counts, 0.95)),
  };
}

/** A histogram does not know more. */
function rounded(timeMs: number | null): number | null {
  return timeMs === null ? null : Math.round(timeMs * 10) / 10;
}
