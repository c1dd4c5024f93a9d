import { tmpdir } from 'node:os';
import { type ArtifactsClientOptions, type ClientEnvironment } from './client-options.ts';
import { buildUserAgent, readEnvironment } from './environment.ts';
import { createClientError } from './errors/client-errors.ts';

const DEFAULT_URL = 'https://api.vercel.com';
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const MAX_CLIENT_CI_LENGTH = 50;
const HEADER_TEXT = /^[\x20-\x7e]+$/;

export interface ResolvedOptions {
  /** Without query, and without trailing slash except for a root. */
  baseUrl: URL;
  token: string;
  teamId: string | undefined;
  slug: string | undefined;
  signatureKey: string | undefined;
  preflight: boolean;
  userAgent: string;
  connectTimeoutMs: number;
  firstByteTimeoutMs: number;
  stallTimeoutMs: number;
  maxConnections: number;
  temporaryDirectory: string;
  breaker: { failureThreshold: number; coldFailureThreshold: number; cooldownMs: number };
  environment: Required<ClientEnvironment>;
}

/** Validates options and fills in the defaults; throws `LARDER_CLIENT_OPTION_INVALID`. */
export function resolveOptions(options: ArtifactsClientOptions): ResolvedOptions {
  const { breaker = {} } = options;
  return {
    baseUrl: resolveBaseUrl(options.url ?? DEFAULT_URL),
    token: resolveHeaderText('token', options.token),
    teamId: resolveText('teamId', options.teamId),
    slug: resolveText('slug', options.slug),
    signatureKey: resolveText('signatureKey', options.signatureKey),
    preflight: options.preflight ?? false,
    userAgent: buildUserAgent(
      options.product === undefined ? undefined : resolveHeaderText('product', options.product),
    ),
    connectTimeoutMs: resolveTimeout('connectTimeoutMs', options.connectTimeoutMs, 5_000),
    firstByteTimeoutMs: resolveTimeout('firstByteTimeoutMs', options.firstByteTimeoutMs, 10_000),
    stallTimeoutMs: resolveTimeout('stallTimeoutMs', options.stallTimeoutMs, 10_000),
    maxConnections: resolveCount('maxConnections', options.maxConnections, 8),
    temporaryDirectory: resolveText('temporaryDirectory', options.temporaryDirectory) ?? tmpdir(),
    breaker: {
      failureThreshold: resolveCount('breaker.failureThreshold', breaker.failureThreshold, 3),
      coldFailureThreshold: resolveCount(
        'breaker.coldFailureThreshold',
        breaker.coldFailureThreshold,
        1,
      ),
      cooldownMs: resolveTimeout('breaker.cooldownMs', breaker.cooldownMs, 30_000),
    },
    environment: resolveEnvironment(options.environment),
  };
}

function resolveBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid('url', 'must be an absolute http or https URL');
  }
  // Neither is repeated in the message: credentials are secret.
  if (url.username !== '' || url.password !== '') throw invalid('url', 'must not have credentials');
  if (url.search !== '' || url.hash !== '') throw invalid('url', 'must not have a query or hash');
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

function resolveText(name: string, value: string | undefined): string | undefined {
  if (value === '') throw invalid(name, 'must not be empty');
  return value;
}

function resolveHeaderText(name: string, value: string): string {
  if (typeof value !== 'string' || !HEADER_TEXT.test(value) || value !== value.trim()) {
    throw invalid(name, 'must be printable ASCII, not empty and without surrounding blanks');
  }
  return value;
}

function resolveTimeout(name: string, value: number | undefined, fallback: number): number {
  const ms = value ?? fallback;
  if (!Number.isInteger(ms) || ms < 1 || ms > MAX_TIMEOUT_MS) {
    throw invalid(name, `must be a whole number of milliseconds from 1 to ${MAX_TIMEOUT_MS}`);
  }
  return ms;
}

function resolveCount(name: string, value: number | undefined, fallback: number): number {
  const count = value ?? fallback;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw invalid(name, 'must be a whole number above zero');
  }
  return count;
}

function resolveEnvironment(overrides: ClientEnvironment | undefined): Required<ClientEnvironment> {
  const environment = readEnvironment(overrides);
  const { clientCi } = environment;
  if (
    clientCi !== null &&
    (clientCi.length > MAX_CLIENT_CI_LENGTH || !HEADER_TEXT.test(clientCi))
  ) {
    throw invalid(
      'environment.clientCi',
      `must be printable ASCII of 1 to ${MAX_CLIENT_CI_LENGTH} characters`,
    );
  }
  return environment;
}

function invalid(name: string, rule: string) {
  return createClientError('LARDER_CLIENT_OPTION_INVALID', `The option ${name} ${rule}`);
}
