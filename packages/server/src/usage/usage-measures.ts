// What is counted. The same counters are what the server tells of itself while it runs and what is
// kept for each hour and team.
import type { ArtifactApi } from '../storage/artifact-index.ts';
import { LATENCY_BUCKETS } from './latency-buckets.ts';

/** Where a lookup came from; `unknown` when the client did not say. */
export type ClientClass = 'ci' | 'people' | 'unknown';

export type LookupResult = 'hit' | 'miss';

/** How a request ended. `aborted`: the client went away before it had its answer. */
export type RequestOutcome = 'ok' | 'refused' | 'failed' | 'aborted';

/** Transfers of which is known how long they took. */
export type TransferMethod = 'get' | 'put';

export const CLIENT_CLASSES = ['ci', 'people', 'unknown'] as const satisfies readonly ClientClass[];
export const LOOKUP_RESULTS = ['hit', 'miss'] as const satisfies readonly LookupResult[];
export const ARTIFACT_APIS = ['artifacts', 'nx'] as const satisfies readonly ArtifactApi[];
export const REQUEST_OUTCOMES = [
  'ok',
  'refused',
  'failed',
  'aborted',
] as const satisfies readonly RequestOutcome[];
export const TRANSFER_METHODS = ['get', 'put'] as const satisfies readonly TransferMethod[];

export type LookupMeasure = `${ArtifactApi}_${LookupResult}_${ClientClass}`;
export type RequestMeasure = `requests_${RequestOutcome}`;

/** `get_latency_3` counts transfers between the bounds 2 and 3 of {@link LATENCY_BUCKETS}. */
export type LatencyMeasure = `${TransferMethod}_latency_${number | 'us'}`;

/** Sums, each a whole number; the names of columns as well. */
export type UsageMeasure =
  | LookupMeasure
  | RequestMeasure
  | LatencyMeasure
  | 'local_hits'
  | 'served_bytes'
  | 'saved_ms'
  | 'stored_artifacts'
  | 'stored_bytes'
  | 'duplicate_artifacts'
  | 'duplicate_bytes'
  | 'evicted_artifacts'
  | 'evicted_bytes'
  | 'purged_artifacts'
  | 'purged_bytes'
  | 'auth_failures'
  | 'storage_errors';

export const USAGE_MEASURES: readonly UsageMeasure[] = [
  ...ARTIFACT_APIS.flatMap((api) =>
    LOOKUP_RESULTS.flatMap((result) =>
      CLIENT_CLASSES.map((client): UsageMeasure => `${api}_${result}_${client}`),
    ),
  ),
  ...REQUEST_OUTCOMES.map((outcome): UsageMeasure => `requests_${outcome}`),
  'local_hits',
  'served_bytes',
  'saved_ms',
  'stored_artifacts',
  'stored_bytes',
  'duplicate_artifacts',
  'duplicate_bytes',
  'evicted_artifacts',
  'evicted_bytes',
  'purged_artifacts',
  'purged_bytes',
  'auth_failures',
  'storage_errors',
  ...TRANSFER_METHODS.flatMap((method): UsageMeasure[] => [
    ...LATENCY_BUCKETS.map((_bound, number): UsageMeasure => `${method}_latency_${number}`),
    `${method}_latency_us`,
  ]),
];

/** Names of the sums of lookups, made once: a request must not put them together. */
export const LOOKUP_MEASURES = byName(ARTIFACT_APIS, (api) =>
  byName(LOOKUP_RESULTS, (result) =>
    byName(CLIENT_CLASSES, (client): LookupMeasure => `${api}_${result}_${client}`),
  ),
);

/** Likewise of the histograms. */
export const LATENCY_MEASURES = byName(TRANSFER_METHODS, (method) => ({
  buckets: LATENCY_BUCKETS.map((_bound, number): LatencyMeasure => `${method}_latency_${number}`),
  sum: `${method}_latency_us` as const,
}));

/** Something for each of some names. */
export function byName<Name extends string, Value>(
  names: readonly Name[],
  valueOf: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, Value>;
}
