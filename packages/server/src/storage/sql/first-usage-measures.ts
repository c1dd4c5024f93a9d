/** What was counted when the tables of usage were made first; later ones are added by migrations of their own. */
export const FIRST_USAGE_MEASURES = [
  ...['artifacts', 'nx'].flatMap((api) =>
    ['hit', 'miss'].flatMap((result) =>
      ['ci', 'people', 'unknown'].map((client) => `${api}_${result}_${client}`),
    ),
  ),
  ...['ok', 'refused', 'failed', 'aborted'].map((outcome) => `requests_${outcome}`),
  ...['local_hits', 'served_bytes', 'saved_ms'],
  ...['stored_artifacts', 'stored_bytes', 'duplicate_artifacts', 'duplicate_bytes'],
  ...['evicted_artifacts', 'evicted_bytes', 'purged_artifacts', 'purged_bytes'],
  ...['auth_failures', 'storage_errors'],
  ...['get', 'put'].flatMap((method) => [
    ...Array.from({ length: 15 }, (_value, number) => `${method}_latency_${number}`),
    `${method}_latency_us`,
  ]),
];
