// How each option is called as a flag, as an environment variable and in the config file.
import {
  DEFAULT_OPTIONS,
  LOG_LEVELS,
  METRICS_ACCESSES,
  type ServerOptions,
} from './server-options.ts';

export interface OptionSource {
  /** In the config file and in `createServer()`. */
  key: keyof ServerOptions;
  /** With its placeholder; null: never on a command line, where every user could read it. */
  flag: string | null;
  variable: string;
  description: string;
  /** How the text of a flag or variable becomes a value. */
  kind: 'text' | 'integer' | 'list' | 'json';
  /** As shown by `--help`. */
  defaultText: string;
}

export const CONFIG_VARIABLE = 'LARDER_SERVER_CONFIG';

export const OPTION_SOURCES: readonly OptionSource[] = [
  {
    key: 'host',
    flag: '--host <address>',
    variable: 'LARDER_SERVER_HOST',
    description: 'address to listen on; others than loopback need tokens',
    kind: 'text',
    defaultText: DEFAULT_OPTIONS.host,
  },
  {
    key: 'port',
    flag: '--port <number>',
    variable: 'LARDER_SERVER_PORT',
    description: 'TCP port; 0 picks a free one',
    kind: 'integer',
    defaultText: String(DEFAULT_OPTIONS.port),
  },
  {
    key: 'dataDirectory',
    flag: '--data-dir <folder>',
    variable: 'LARDER_SERVER_DATA_DIR',
    description:
      'folder for what is kept nowhere else: artifacts, index and token; created when absent',
    kind: 'text',
    defaultText: `./${DEFAULT_OPTIONS.dataDirectory}`,
  },
  {
    key: 's3',
    flag: '--s3 <json>',
    variable: 'LARDER_SERVER_S3',
    description:
      'JSON object { "bucket", "prefix"?, "region"?, "endpoint"?, … } of the bucket for the bytes of artifacts',
    kind: 'json',
    defaultText: 'none, files in the data folder',
  },
  {
    key: 'databaseUrl',
    flag: null,
    variable: 'LARDER_SERVER_DATABASE_URL',
    description: 'URL of the PostgreSQL database for everything but the bytes of artifacts',
    kind: 'text',
    defaultText: 'none, SQLite in the data folder',
  },
  {
    key: 'databaseMaxConnections',
    flag: '--database-max-connections <number>',
    variable: 'LARDER_SERVER_DATABASE_MAX_CONNECTIONS',
    description: 'most connections to the PostgreSQL database at the same time',
    kind: 'integer',
    defaultText: String(DEFAULT_OPTIONS.databaseMaxConnections),
  },
  {
    key: 'tokens',
    flag: null,
    variable: 'LARDER_SERVER_TOKENS',
    description:
      'JSON list of { "token" or "sha256", "access": "read" or "read-write", "teams"?, "label"? }',
    kind: 'json',
    defaultText: 'one read-write token, created and kept in the data folder',
  },
  {
    key: 'oidc',
    flag: null,
    variable: 'LARDER_SERVER_OIDC',
    description:
      'JSON list of CI services whose jobs get tokens for their signed identities, such as\n' +
      '  { "preset": "github-actions", "audience", "repositoryIds", "repositoryOwnerIds" }',
    kind: 'json',
    defaultText: 'none',
  },
  {
    key: 'signatureKeys',
    flag: null,
    variable: 'LARDER_SERVER_SIGNATURE_KEYS',
    description: 'JSON object { "<team>": "<key>" }: artifacts of these teams must be signed',
    kind: 'json',
    defaultText: 'none',
  },
  {
    key: 'tlsCertificateFile',
    flag: '--tls-certificate-file <file>',
    variable: 'LARDER_SERVER_TLS_CERTIFICATE_FILE',
    description: 'PEM file with the certificate to serve https with, and its chain',
    kind: 'text',
    defaultText: 'none, http',
  },
  {
    key: 'tlsKeyFile',
    flag: '--tls-key-file <file>',
    variable: 'LARDER_SERVER_TLS_KEY_FILE',
    description: 'PEM file with the private key of the certificate',
    kind: 'text',
    defaultText: 'none',
  },
  {
    key: 'trustedProxies',
    flag: '--trusted-proxies <list>',
    variable: 'LARDER_SERVER_TRUSTED_PROXIES',
    description:
      'reverse proxies whose X-Forwarded-* headers are believed: addresses, networks, loopback; with commas between',
    kind: 'list',
    defaultText: 'none',
  },
  {
    key: 'maxArtifactSizeBytes',
    flag: '--max-artifact-size-bytes <number>',
    variable: 'LARDER_SERVER_MAX_ARTIFACT_SIZE_BYTES',
    description: 'largest artifact that is accepted',
    kind: 'integer',
    defaultText: `${DEFAULT_OPTIONS.maxArtifactSizeBytes}, 2 GiB`,
  },
  {
    key: 'maxStoreSizeBytes',
    flag: '--max-store-size-bytes <number>',
    variable: 'LARDER_SERVER_MAX_STORE_SIZE_BYTES',
    description: 'most that may be stored; what was not used for longest is removed',
    kind: 'integer',
    defaultText: '0, no limit',
  },
  {
    key: 'maxTeamSizeBytes',
    flag: '--max-team-size-bytes <number>',
    variable: 'LARDER_SERVER_MAX_TEAM_SIZE_BYTES',
    description: 'most that each team may have; what it did not use for longest is removed',
    kind: 'integer',
    defaultText: '0, no limit',
  },
  {
    key: 'maxAgeMs',
    flag: '--max-age-ms <number>',
    variable: 'LARDER_SERVER_MAX_AGE_MS',
    description: 'artifacts that were not used for this long are removed',
    kind: 'integer',
    defaultText: '0, no limit',
  },
  {
    key: 'maxRequestsPerMinutePerToken',
    flag: '--max-requests-per-minute-per-token <number>',
    variable: 'LARDER_SERVER_MAX_REQUESTS_PER_MINUTE_PER_TOKEN',
    description: 'requests beyond it are answered with 429; on the API of Nx they are misses',
    kind: 'integer',
    defaultText: '0, no limit',
  },
  {
    key: 'maxConnections',
    flag: '--max-connections <number>',
    variable: 'LARDER_SERVER_MAX_CONNECTIONS',
    description:
      'connections beyond it are hung up on, which fails builds of Nx without the plugin',
    kind: 'integer',
    defaultText: '0, no limit',
  },
  {
    key: 'metricsAccess',
    flag: '--metrics-access <access>',
    variable: 'LARDER_SERVER_METRICS_ACCESS',
    description: `${METRICS_ACCESSES.join(' or ')}: who may read GET /metrics, tokens for every team or everybody`,
    kind: 'text',
    defaultText: DEFAULT_OPTIONS.metricsAccess,
  },
  {
    key: 'usageRetentionMs',
    flag: '--usage-retention-ms <number>',
    variable: 'LARDER_SERVER_USAGE_RETENTION_MS',
    description: 'how long the usage of each day is kept; 0 for ever',
    kind: 'integer',
    defaultText: `${DEFAULT_OPTIONS.usageRetentionMs}, 400 days`,
  },
  {
    key: 'logLevel',
    flag: '--log-level <level>',
    variable: 'LARDER_SERVER_LOG_LEVEL',
    description: `${LOG_LEVELS.join(', ')}; JSON lines on standard error`,
    kind: 'text',
    defaultText: DEFAULT_OPTIONS.logLevel,
  },
  {
    key: 'drainTimeoutMs',
    flag: '--drain-timeout-ms <number>',
    variable: 'LARDER_SERVER_DRAIN_TIMEOUT_MS',
    description: 'how long a stop waits for requests in flight',
    kind: 'integer',
    defaultText: String(DEFAULT_OPTIONS.drainTimeoutMs),
  },
  {
    key: 'uploadStallTimeoutMs',
    flag: '--upload-stall-timeout-ms <number>',
    variable: 'LARDER_SERVER_UPLOAD_STALL_TIMEOUT_MS',
    description: 'an upload that sends no byte for this long is given up; at most 110000',
    kind: 'integer',
    defaultText: String(DEFAULT_OPTIONS.uploadStallTimeoutMs),
  },
];
