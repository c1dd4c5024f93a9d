/**
 * What the plugin takes from environment variables; the one place that reads them.
 * `null`: not set, or blank. Holds secrets: never log it.
 */
export interface LarderEnvironment {
  /** Larder's own variables, by the option that each sets. */
  readonly larder: Readonly<Record<keyof typeof larderVariables, string | null>>;
  /** Other tools' variables, by their own name. */
  readonly otherTools: Readonly<Record<OtherToolVariable, string | null>>;
  readonly identity: IdentityVariables;
  readonly nx: NxVariables;
  /** The run that Nx's own process may hand folders to, as its door has left word of it. */
  readonly fastLane: { readonly url: string; readonly token: string } | null;
  /** Whether HTTP requests of this process and its children go through a proxy. */
  readonly hasHttpProxy: boolean;
  /** `NO_PROXY` or `no_proxy`: hosts that are reached without the proxy. */
  readonly noProxy: string | null;
  readonly isCi: boolean;
  /** `GITHUB_STEP_SUMMARY`: the file that GitHub Actions shows on the page of the job. */
  readonly stepSummaryFile: string | null;
}

/** What a CI job can get its signed identity with. */
export interface IdentityVariables {
  /** `LARDER_ID_TOKEN`: the identity itself. */
  readonly token: string | null;
  /** `ACTIONS_ID_TOKEN_REQUEST_URL` of GitHub Actions. */
  readonly requestUrl: string | null;
  /** `ACTIONS_ID_TOKEN_REQUEST_TOKEN` of GitHub Actions. */
  readonly requestToken: string | null;
  /** `LARDER_AUDIENCE`: what the identity shall be made out to. */
  readonly audience: string | null;
}

/** Nx's own variables, as far as they matter to a cache. */
export interface NxVariables {
  /** `NX_PARALLEL`. */
  readonly parallel: string | null;
  /** `NX_SKIP_REMOTE_CACHE` and the like: no part of the cache, or not the remote one, is used. */
  readonly skipsCache: boolean;
  /** Those that are set, and so connect the command to Nx Cloud. */
  readonly cloudTokenVariables: readonly NxCloudTokenVariable[];
  /** `NX_NO_CLOUD`. */
  readonly isCloudDisabled: boolean;
  /** `NX_CACHE_FAILURES`: Nx stores tasks that failed as well. */
  readonly storesFailures: boolean;
  /** `NX_DAEMON_PROCESS`: this is Nx's daemon, or a process that it started. */
  readonly isDaemon: boolean;
}

const skipVariables = [
  'NX_SKIP_NX_CACHE',
  'NX_DISABLE_NX_CACHE',
  'NX_SKIP_REMOTE_CACHE',
  'NX_DISABLE_REMOTE_CACHE',
] as const;

const cloudTokenVariables = ['NX_CLOUD_ACCESS_TOKEN', 'NX_CLOUD_AUTH_TOKEN'] as const;

export type NxCloudTokenVariable = (typeof cloudTokenVariables)[number];

/** Options that have a variable of their own. */
export const larderVariables = {
  url: 'LARDER_URL',
  token: 'LARDER_TOKEN',
  teamId: 'LARDER_TEAM_ID',
  slug: 'LARDER_TEAM_SLUG',
  signatureKey: 'LARDER_SIGNATURE_KEY',
  mode: 'LARDER_MODE',
  namespace: 'LARDER_NAMESPACE',
  dataDirectory: 'LARDER_DATA_DIRECTORY',
  reportFile: 'LARDER_REPORT_FILE',
} as const;

/** Set by Larder's doors, not by people. */
export const fastLaneVariables = {
  url: 'LARDER_FAST_LANE_URL',
  token: 'LARDER_FAST_LANE_TOKEN',
} as const;

const otherToolVariables = [
  'VERCEL_ARTIFACTS_TOKEN',
  'VERCEL_ARTIFACTS_OWNER',
  'NX_VERCEL_REMOTE_CACHE_TOKEN',
  'NX_VERCEL_REMOTE_CACHE_TEAM',
  'TURBO_API',
  'TURBO_TOKEN',
  'TURBO_TEAM',
  'TURBO_TEAMID',
  'TURBO_REMOTE_CACHE_SIGNATURE_KEY',
] as const;

export type OtherToolVariable = (typeof otherToolVariables)[number];

const proxyVariables = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'] as const;

/** Set by CI services, some of which do not set `CI`. */
const ciServiceVariables = [
  'BITBUCKET_BUILD_NUMBER',
  'BUILDKITE',
  'CIRCLECI',
  'CODEBUILD_BUILD_ID',
  'DRONE',
  'GITHUB_ACTIONS',
  'GITLAB_CI',
  'JENKINS_URL',
  'TEAMCITY_VERSION',
  'TF_BUILD',
  'TRAVIS',
] as const;

export function readEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): LarderEnvironment {
  const read = (name: string): string | null => {
    const value = env[name];
    return value === undefined || value.trim() === '' ? null : value;
  };
  const fastLaneUrl = read(fastLaneVariables.url);
  const fastLaneToken = read(fastLaneVariables.token);
  return {
    larder: {
      url: read(larderVariables.url),
      token: read(larderVariables.token),
      teamId: read(larderVariables.teamId),
      slug: read(larderVariables.slug),
      signatureKey: read(larderVariables.signatureKey),
      mode: read(larderVariables.mode),
      namespace: read(larderVariables.namespace),
      dataDirectory: read(larderVariables.dataDirectory),
      reportFile: read(larderVariables.reportFile),
    },
    otherTools: Object.fromEntries(otherToolVariables.map((name) => [name, read(name)])) as Record<
      OtherToolVariable,
      string | null
    >,
    identity: {
      token: read('LARDER_ID_TOKEN'),
      requestUrl: read('ACTIONS_ID_TOKEN_REQUEST_URL'),
      requestToken: read('ACTIONS_ID_TOKEN_REQUEST_TOKEN'),
      audience: read('LARDER_AUDIENCE')?.trim() ?? null,
    },
    nx: {
      parallel: read('NX_PARALLEL'),
      skipsCache: skipVariables.some((name) => read(name) === 'true'),
      cloudTokenVariables: cloudTokenVariables.filter((name) => read(name) !== null),
      isCloudDisabled: read('NX_NO_CLOUD') === 'true',
      storesFailures: read('NX_CACHE_FAILURES') === 'true',
      isDaemon: read('NX_DAEMON_PROCESS') === 'true',
    },
    fastLane:
      fastLaneUrl === null || fastLaneToken === null
        ? null
        : { url: fastLaneUrl, token: fastLaneToken },
    hasHttpProxy: proxyVariables.some((name) => read(name) !== null),
    noProxy: read('NO_PROXY') ?? read('no_proxy'),
    isCi: isCi(read),
    stepSummaryFile: read('GITHUB_STEP_SUMMARY'),
  };
}

/** `CI` decides where it is set, so that `CI=false` turns the behaviour off inside a CI service. */
function isCi(read: (name: string) => string | null): boolean {
  const ci = read('CI')?.trim().toLowerCase();
  if (ci !== undefined) return ci !== 'false' && ci !== '0';
  return ciServiceVariables.some((name) => read(name) !== null);
}
