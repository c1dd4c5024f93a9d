/** Who may read the metrics: `token`, a token for every team; `public`, everybody. */
export type MetricsAccess = 'token' | 'public';
