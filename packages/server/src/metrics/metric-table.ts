/** A metric of `GET /metrics`. */
export interface MetricDescription {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  /** Each has a bounded number of values: none is a team, a hash or a token. */
  labels: readonly string[];
}

/**
 * Every metric; `docs/metrics.md` has the same. Names follow Prometheus: base units, `_total` for
 * counters. A name or label is never changed: dashboards go by them.
 */
export const METRICS = {
  larder_info: {
    type: 'gauge',
    help: 'Always 1; tells the version of the server.',
    labels: ['version'],
  },
  larder_http_requests_total: {
    type: 'counter',
    help: 'Requests that were answered or given up by the client.',
    labels: ['route', 'method', 'status'],
  },
  larder_requests_total: {
    type: 'counter',
    help: 'The same requests by how they ended.',
    labels: ['outcome'],
  },
  larder_lookups_total: {
    type: 'counter',
    help: 'Tasks that were looked up.',
    labels: ['api', 'result', 'client'],
  },
  larder_local_hits_total: {
    type: 'counter',
    help: 'Tasks that clients found in their own caches, as far as they tell.',
    labels: [],
  },
  larder_saved_seconds_total: {
    type: 'counter',
    help: 'Running time of the tasks that were hits.',
    labels: [],
  },
  larder_served_bytes_total: {
    type: 'counter',
    help: 'Bytes of the artifacts that were hits.',
    labels: [],
  },
  larder_received_bytes_total: {
    type: 'counter',
    help: 'Bytes of artifacts that were uploaded.',
    labels: ['result'],
  },
  larder_uploads_total: {
    type: 'counter',
    help: 'Artifacts that were uploaded.',
    labels: ['result'],
  },
  larder_transfer_duration_seconds: {
    type: 'histogram',
    help: 'From the first byte of a download or upload until the answer was out.',
    labels: ['method'],
  },
  larder_evicted_artifacts_total: {
    type: 'counter',
    help: 'Artifacts that a limit removed.',
    labels: [],
  },
  larder_evicted_bytes_total: {
    type: 'counter',
    help: 'What they took up.',
    labels: [],
  },
  larder_evicted_youngest_age_seconds: {
    type: 'gauge',
    help: 'For how long the youngest artifact of the last hour with evictions had not been used.',
    labels: [],
  },
  larder_purged_artifacts_total: {
    type: 'counter',
    help: 'Artifacts that were removed on request.',
    labels: [],
  },
  larder_purged_bytes_total: { type: 'counter', help: 'What they took up.', labels: [] },
  larder_auth_failures_total: {
    type: 'counter',
    help: 'Requests without a token, or with one that is not good.',
    labels: [],
  },
  larder_storage_errors_total: {
    type: 'counter',
    help: 'Times that the file system or the index failed.',
    labels: [],
  },
  larder_store_bytes: { type: 'gauge', help: 'What is stored.', labels: [] },
  larder_store_artifacts: { type: 'gauge', help: 'Artifacts that are stored.', labels: [] },
  larder_store_limit_bytes: {
    type: 'gauge',
    help: 'Most that may be stored; absent without a limit.',
    labels: [],
  },
  larder_team_limit_bytes: {
    type: 'gauge',
    help: 'Most that each team may have; absent without a limit.',
    labels: [],
  },
  larder_age_limit_seconds: {
    type: 'gauge',
    help: 'How long artifacts stay without use; absent without a limit.',
    labels: [],
  },
  larder_connections: { type: 'gauge', help: 'Open connections.', labels: [] },
  larder_reserved_uploads: {
    type: 'gauge',
    help: 'Uploads under way for which room was reserved, where a limit asks for it.',
    labels: [],
  },
  larder_reserved_bytes: { type: 'gauge', help: 'The room that they reserved.', labels: [] },
  process_cpu_seconds_total: {
    type: 'counter',
    help: 'CPU time of the server, user and system.',
    labels: [],
  },
  process_resident_memory_bytes: { type: 'gauge', help: 'Memory of the server.', labels: [] },
  process_start_time_seconds: {
    type: 'gauge',
    help: 'When the server was started, in seconds since 1970.',
    labels: [],
  },
  process_open_fds: {
    type: 'gauge',
    help: 'Open file descriptors; absent where the system does not tell.',
    labels: [],
  },
  nodejs_heap_size_used_bytes: { type: 'gauge', help: 'Heap of V8 that is in use.', labels: [] },
  nodejs_external_memory_bytes: {
    type: 'gauge',
    help: 'Memory outside of the heap that V8 knows of.',
    labels: [],
  },
  nodejs_eventloop_active_seconds_total: {
    type: 'counter',
    help: 'Time in which the event loop was busy; its rate is the utilization.',
    labels: [],
  },
} as const satisfies Record<string, MetricDescription>;

export type MetricName = keyof typeof METRICS;
