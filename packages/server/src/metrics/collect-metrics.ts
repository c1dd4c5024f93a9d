import type { EvictionLimits } from '../eviction/evictor.ts';
import { readPackageVersion } from '../package-version.ts';
import type { ArtifactIndex } from '../storage/artifact-index.ts';
import { LATENCY_BUCKETS } from '../usage/latency-buckets.ts';
import type { RequestCounts } from '../usage/request-counts.ts';
import { latencyCounts } from '../usage/usage-figures.ts';
import {
  ARTIFACT_APIS,
  CLIENT_CLASSES,
  LOOKUP_RESULTS,
  REQUEST_OUTCOMES,
  TRANSFER_METHODS,
} from '../usage/usage-measures.ts';
import type { UsageNumbers } from '../storage/usage-store.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';
import type { MetricSamples, Sample } from './format-metrics.ts';
import { one, sampleProcess } from './process-samples.ts';

export interface MetricSources {
  recorder: Pick<UsageRecorder, 'add' | 'totals' | 'lastEvictionAgeMs'>;
  requests: Pick<RequestCounts, 'list'>;
  index: Pick<ArtifactIndex, 'usage'>;
  limits: EvictionLimits;
  reserved: { uploads: number; bytes: number };
  connections: number;
}

/** Asks everybody who knows something. What the storage does not tell is absent. */
export async function collectMetrics(sources: MetricSources): Promise<MetricSamples> {
  // First: should it fail, the others have that in their numbers.
  const store = await sampleStore(sources);
  const totals = sources.recorder.totals();
  const { uploads, bytes } = sources.reserved;
  return {
    values: {
      larder_info: [{ labels: { version: readPackageVersion() }, value: 1 }],
      larder_http_requests_total: sources.requests
        .list()
        .map(({ count, ...labels }) => ({ labels, value: count })),
      ...sampleUsage(totals),
      larder_evicted_youngest_age_seconds: seconds(sources.recorder.lastEvictionAgeMs()),
      ...store,
      larder_store_limit_bytes: known(sources.limits.maxStoreSizeBytes),
      larder_team_limit_bytes: known(sources.limits.maxTeamSizeBytes),
      larder_age_limit_seconds: seconds(sources.limits.maxAgeMs),
      larder_connections: one(sources.connections),
      larder_reserved_uploads: one(uploads),
      larder_reserved_bytes: one(bytes),
      ...(await sampleProcess()),
    },
    histograms: {
      larder_transfer_duration_seconds: TRANSFER_METHODS.map((method) => ({
        labels: { method },
        counts: latencyCounts(totals, method),
        sum: (totals.sums[`${method}_latency_us`] ?? 0) / 1e6,
      })),
    },
    bounds: LATENCY_BUCKETS.map((boundMs) => boundMs / 1e3),
  };
}

function sampleUsage({ sums }: UsageNumbers): MetricSamples['values'] {
  return {
    larder_requests_total: REQUEST_OUTCOMES.map((outcome) => ({
      labels: { outcome },
      value: sums[`requests_${outcome}`] ?? 0,
    })),
    larder_lookups_total: ARTIFACT_APIS.flatMap((api) =>
      LOOKUP_RESULTS.flatMap((result) =>
        CLIENT_CLASSES.map((client) => ({
          labels: { api, result, client },
          value: sums[`${api}_${result}_${client}`] ?? 0,
        })),
      ),
    ),
    larder_local_hits_total: one(sums.local_hits ?? 0),
    larder_saved_seconds_total: one((sums.saved_ms ?? 0) / 1e3),
    larder_served_bytes_total: one(sums.served_bytes ?? 0),
    larder_received_bytes_total: [
      { labels: { result: 'stored' }, value: sums.stored_bytes ?? 0 },
      { labels: { result: 'duplicate' }, value: sums.duplicate_bytes ?? 0 },
    ],
    larder_uploads_total: [
      { labels: { result: 'stored' }, value: sums.stored_artifacts ?? 0 },
      { labels: { result: 'duplicate' }, value: sums.duplicate_artifacts ?? 0 },
    ],
    larder_evicted_artifacts_total: one(sums.evicted_artifacts ?? 0),
    larder_evicted_bytes_total: one(sums.evicted_bytes ?? 0),
    larder_purged_artifacts_total: one(sums.purged_artifacts ?? 0),
    larder_purged_bytes_total: one(sums.purged_bytes ?? 0),
    larder_auth_failures_total: one(sums.auth_failures ?? 0),
    larder_storage_errors_total: one(sums.storage_errors ?? 0),
  };
}

/** Whoever watches the server needs the other numbers most when its storage fails. */
async function sampleStore({
  index,
  recorder,
}: Pick<MetricSources, 'index' | 'recorder'>): Promise<MetricSamples['values']> {
  let storedBytes = 0;
  let artifacts = 0;
  try {
    for (const amount of (await index.usage()).values()) {
      storedBytes += amount.storedBytes;
      artifacts += amount.artifacts;
    }
  } catch {
    recorder.add(null, 'storage_errors');
    return {};
  }
  return { larder_store_bytes: one(storedBytes), larder_store_artifacts: one(artifacts) };
}

function known(value: number | null): Sample[] {
  return value === null ? [] : one(value);
}

function seconds(timeMs: number | null): Sample[] {
  return known(timeMs === null ? null : timeMs / 1e3);
}
