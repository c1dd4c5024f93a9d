import { z } from 'zod';
import { LarderError } from '../errors/larder-error.ts';
import type { MetricsAccess } from '../metrics/metrics-access.ts';
import type { OidcIssuer } from '../oidc/oidc-issuer.ts';
import { oidcSchema } from '../oidc/oidc-options.ts';
import { isDatabaseUrl } from '../storage/postgres/database-address.ts';
import type { ResolvedS3Options, S3Options } from '../storage/s3/s3-options.ts';
import { s3Schema } from '../storage/s3/s3-schema.ts';
import { type ServerToken } from '../tokens/server-token.ts';
import { isProxyNetwork } from './trusted-proxies.ts';
import { MAX_TEAM_LENGTH, tokenSchema } from '../tokens/token-options.ts';

/** The least severe log lines that are written; `silent` writes none. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** Options of `createServer()`; the same keys make up the config file of `larder-server`. */
export interface ServerOptions {
  /** Address or host name to listen on. Without tokens it must be a loopback one. Default 127.0.0.1. */
  host?: string;
  /** TCP port; 0 picks a free one. Default 5277. */
  port?: number;
  /**
   * Folder for everything that is kept nowhere else; created when absent. With `s3` and `databaseUrl`
   * there is none. Default `larder-data`.
   */
  dataDirectory?: string;
  /** Bucket for the bytes of artifacts. Default: none, they are files in the data folder. */
  s3?: S3Options | null;
  /**
   * URL of the PostgreSQL database for everything but the bytes of artifacts, such as
   * `postgres://larder:secret@db/larder`. Default: none, that is SQLite in the data folder.
   */
  databaseUrl?: string;
  /** Most connections to the database at the same time. Default 10. */
  databaseMaxConnections?: number;
  /** Who may use the server. Empty: one read-write token is created and kept in the data folder. */
  tokens?: ServerToken[];
  /** CI services whose jobs get short-lived tokens for their signed identities. Default: none. */
  oidc?: OidcIssuer[];
  /** PEM file with the certificate of this server, and those between it and its root. Default: no TLS. */
  tlsCertificateFile?: string;
  /** PEM file with the private key of the certificate. */
  tlsKeyFile?: string;
  /**
   * Reverse proxies whose `X-Forwarded-*` headers are believed: addresses, networks such as
   * `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal`. Default: none.
   */
  trustedProxies?: string[];
  /**
   * Signature keys by team (the empty text is the nameless one): an artifact that Turborepo or
   * Larder's client did not sign with its team's key is refused. Default: none.
   */
  signatureKeys?: Record<string, string>;
  /** Largest artifact that is accepted. Default 2 GiB. */
  maxArtifactSizeBytes?: number;
  /** Most that may be stored; what was not used for longest goes. 0: no limit, the default. */
  maxStoreSizeBytes?: number;
  /** The same for each team by itself. 0: no limit, the default. */
  maxTeamSizeBytes?: number;
  /** Artifacts that were not used for this long go. 0: they stay, the default. */
  maxAgeMs?: number;
  /** Requests that a token may send a minute, over both APIs. 0: no limit, the default. */
  maxRequestsPerMinutePerToken?: number;
  /** Connections at the same time; more are hung up on. 0: no limit, the default. */
  maxConnections?: number;
  /** Who may read `GET /metrics`: `token`, a token for every team, the default; `public`, everybody. */
  metricsAccess?: MetricsAccess;
  /** How long the usage of each day is kept, and of each hour, at most 8 days. 0: for ever. Default 400 days. */
  usageRetentionMs?: number;
  /** Default `info`. Log lines are JSON and go to standard error. */
  logLevel?: LogLevel;
  /** How long `close()` waits for requests in flight before it cuts them off. Default 30 000. */
  drainTimeoutMs?: number;
  /** An upload that sends no byte for this long is given up; at most 110 000. Default 60 000. */
  uploadStallTimeoutMs?: number;
}

/** {@link ServerOptions} with every default filled in. */
export type ResolvedServerOptions = Required<Omit<ServerOptions, 's3'>> & {
  s3: ResolvedS3Options | null;
};

export const DEFAULT_OPTIONS: ResolvedServerOptions = {
  host: '127.0.0.1',
  port: 5277,
  dataDirectory: 'larder-data',
  s3: null,
  databaseUrl: '',
  databaseMaxConnections: 10,
  tokens: [],
  oidc: [],
  tlsCertificateFile: '',
  tlsKeyFile: '',
  trustedProxies: [],
  signatureKeys: {},
  maxArtifactSizeBytes: 2 * 1024 ** 3,
  maxStoreSizeBytes: 0,
  maxTeamSizeBytes: 0,
  maxAgeMs: 0,
  maxRequestsPerMinutePerToken: 0,
  maxConnections: 0,
  metricsAccess: 'token',
  usageRetentionMs: 400 * 24 * 3_600_000,
  logLevel: 'info',
  drainTimeoutMs: 30_000,
  uploadStallTimeoutMs: 60_000,
};

export const METRICS_ACCESSES = ['token', 'public'] as const satisfies readonly MetricsAccess[];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Longest delay that a Node timer can wait for. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The server hangs up on a connection that has been silent for 120 s, whatever it was used for. */
const MAX_STALL_TIMEOUT_MS = 110_000;

/** Somebody who asks for less means another unit. */
const MIN_STORE_SIZE_BYTES = 1024 ** 2;
const MIN_AGE_MS = 60_000;
const MIN_USAGE_RETENTION_MS = 3_600_000;

const MAX_CONNECTIONS = 1_000_000;

/** Far more than a server of PostgreSQL has by default. */
const MAX_DATABASE_CONNECTIONS = 1_000;

const optionsSchema = z
  .strictObject({
    host: z.string('must be text').trim().min(1, 'must not be empty').default(DEFAULT_OPTIONS.host),
    port: integerSchema(0, 65_535).default(DEFAULT_OPTIONS.port),
    dataDirectory: z
      .string('must be text')
      .min(1, 'must not be empty')
      .default(DEFAULT_OPTIONS.dataDirectory),
    s3: s3Schema.nullable().default(DEFAULT_OPTIONS.s3),
    databaseUrl: z
      .string('must be text')
      .refine(
        (text) => text === '' || isDatabaseUrl(text),
        'must be a URL such as postgres://user:password@host:5432/database',
      )
      .default(DEFAULT_OPTIONS.databaseUrl),
    databaseMaxConnections: integerSchema(1, MAX_DATABASE_CONNECTIONS).default(
      DEFAULT_OPTIONS.databaseMaxConnections,
    ),
    tokens: z.array(tokenSchema, 'must be a list').default(DEFAULT_OPTIONS.tokens),
    oidc: oidcSchema.default(DEFAULT_OPTIONS.oidc),
    tlsCertificateFile: z.string('must be text').default(DEFAULT_OPTIONS.tlsCertificateFile),
    tlsKeyFile: z.string('must be text').default(DEFAULT_OPTIONS.tlsKeyFile),
    trustedProxies: z
      .array(
        z
          .string('must be text')
          .refine(
            isProxyNetwork,
            'must be an address, a network such as 10.0.0.0/8, loopback, linklocal or uniquelocal',
          ),
        'must be a list',
      )
      .default(DEFAULT_OPTIONS.trustedProxies),
    signatureKeys: z
      .record(
        z.string().max(MAX_TEAM_LENGTH),
        z.string('must be text').min(1, 'must not be empty'),
        'must be an object: a key for each team',
      )
      .default(DEFAULT_OPTIONS.signatureKeys),
    maxArtifactSizeBytes: integerSchema(1, Number.MAX_SAFE_INTEGER).default(
      DEFAULT_OPTIONS.maxArtifactSizeBytes,
    ),
    maxStoreSizeBytes: limitSchema(MIN_STORE_SIZE_BYTES).default(DEFAULT_OPTIONS.maxStoreSizeBytes),
    maxTeamSizeBytes: limitSchema(MIN_STORE_SIZE_BYTES).default(DEFAULT_OPTIONS.maxTeamSizeBytes),
    maxAgeMs: limitSchema(MIN_AGE_MS).default(DEFAULT_OPTIONS.maxAgeMs),
    maxRequestsPerMinutePerToken: integerSchema(0, Number.MAX_SAFE_INTEGER).default(
      DEFAULT_OPTIONS.maxRequestsPerMinutePerToken,
    ),
    maxConnections: integerSchema(0, MAX_CONNECTIONS).default(DEFAULT_OPTIONS.maxConnections),
    metricsAccess: z
      .enum(METRICS_ACCESSES, `must be one of ${METRICS_ACCESSES.join(', ')}`)
      .default(DEFAULT_OPTIONS.metricsAccess),
    usageRetentionMs: limitSchema(MIN_USAGE_RETENTION_MS).default(DEFAULT_OPTIONS.usageRetentionMs),
    logLevel: z
      .enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`)
      .default(DEFAULT_OPTIONS.logLevel),
    drainTimeoutMs: integerSchema(0, MAX_TIMEOUT_MS).default(DEFAULT_OPTIONS.drainTimeoutMs),
    uploadStallTimeoutMs: integerSchema(1, MAX_STALL_TIMEOUT_MS).default(
      DEFAULT_OPTIONS.uploadStallTimeoutMs,
    ),
  })
  .superRefine(({ tlsCertificateFile, tlsKeyFile }, context) => {
    if ((tlsCertificateFile === '') === (tlsKeyFile === '')) return;
    const [missing, given] =
      tlsKeyFile === ''
        ? ['tlsKeyFile', 'tlsCertificateFile']
        : ['tlsCertificateFile', 'tlsKeyFile'];
    context.addIssue({ code: 'custom', path: [missing], message: `is needed with ${given}` });
  });

/**
 * Checks options and fills in the defaults.
 *
 * @param options - Values of any origin; `undefined` means absent.
 * @param nameOf - How to call an option in messages, such as the flag that it came from.
 * @throws LarderError `LARDER_SERVER_OPTIONS_INVALID` naming every unknown key and bad value.
 */
export function resolveServerOptions(
  options: object,
  nameOf: (key: string) => string = (key) => key,
): ResolvedServerOptions {
  const result = optionsSchema.safeParse(options);
  if (result.success) return result.data;

  const problems = result.error.issues.map((issue) => {
    const [key, ...rest] = issue.path;
    if (issue.code === 'unrecognized_keys') {
      const owner = key === undefined ? '' : ` in ${[nameOf(String(key)), ...rest].join('.')}`;
      return `unknown key ${issue.keys.map((name) => `"${name}"`).join(', ')}${owner}`;
    }
    return `${[nameOf(String(key)), ...rest].join('.')} ${issue.message}`;
  });
  throw new LarderError(
    'LARDER_SERVER_OPTIONS_INVALID',
    `Invalid options: ${problems.join('; ')}.`,
    {
      hint: 'Run "larder-server --help" for all options and their values.',
    },
  );
}

function integerSchema(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.int(message).min(least, message).max(most, message);
}

function limitSchema(least: number) {
  const most = Number.MAX_SAFE_INTEGER;
  const message = `must be 0 for no limit, or a whole number from ${least} to ${most}`;
  return z
    .int(message)
    .refine((value) => value === 0 || (value >= least && value <= most), message);
}
