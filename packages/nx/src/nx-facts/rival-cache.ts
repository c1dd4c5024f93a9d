import { readFileSync } from 'node:fs';
import type { NxVariables } from '../options/environment.ts';
import type { NxJson } from './nx-contexts.ts';
import type { NxVersion } from './nx-version.ts';

/** Another remote cache that Nx 20.8 and later prefer to the one of `NX_SELF_HOSTED_…`. */
export type RivalCache =
  | { readonly kind: 'nx-cloud'; /** What connects to it. */ readonly setting: string }
  | { readonly kind: 'package'; readonly name: string };

export interface RivalSources {
  readonly nxJson: NxJson;
  readonly nxVersion: NxVersion;
  readonly environment: NxVariables;
  readonly workspaceRoot: string;
}

/** In the order in which Nx looks for them. */
const cachePackages = ['s3-cache', 'shared-fs-cache', 'gcs-cache', 'azure-cache'].flatMap(
  (name) => [`@nx/${name}`, `@nx/powerpack-${name}`],
);

const cloudRunners = ['nx-cloud', '@nrwl/nx-cloud'];

/** The package that is the fast lane, whatever name it is installed under. */
const fastLanePackage = '@larder/fast-lane';

/** The cache that Nx uses in place of Larder's, or null when there is none. Source: Nx's cache.js. */
export function findRivalCache(sources: RivalSources): RivalCache | null {
  const setting = cloudSetting(sources);
  if (setting !== null) return { kind: 'nx-cloud', setting };
  const name = firstCachePackage(sources);
  return name === null || isFastLane(name, sources) ? null : { kind: 'package', name };
}

/** The name under which the fast lane is installed, when Nx prefers no other cache to it; or null. */
export function findFastLane(sources: RivalSources): string | null {
  if (cloudSetting(sources) !== null) return null;
  const name = firstCachePackage(sources);
  return name !== null && isFastLane(name, sources) ? name : null;
}

function firstCachePackage(sources: RivalSources): string | null {
  return cachePackages.find((name) => locate(name, sources) !== null) ?? null;
}

function isFastLane(name: string, sources: RivalSources): boolean {
  const manifest = locate(`${name}/package.json`, sources);
  if (manifest === null) return false;
  const { name: ownName } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown };
  return ownName === fastLanePackage;
}

function cloudSetting({ nxJson, nxVersion, environment }: RivalSources): string | null {
  if (environment.isCloudDisabled || nxJson.neverConnectToCloud === true) return null;
  for (const name of ['nxCloudId', 'nxCloudAccessToken'] as const) {
    if (isText(nxJson[name])) return `"${name}" in nx.json`;
  }
  const runners = nxJson.tasksRunnerOptions ?? {};
  if (Object.values(runners).some((entry) => cloudRunners.includes(entry?.runner ?? ''))) {
    return 'its tasks runner in nx.json';
  }
  // Nx 20 looks for it only where no runner is named, Nx 21 and later know no other runner.
  const isAccessTokenRead = nxVersion.major >= 21 || runners.default?.runner === undefined;
  const { accessToken } = (runners.default?.options ?? {}) as { readonly accessToken?: unknown };
  if (isAccessTokenRead && isText(accessToken)) return '"accessToken" in nx.json';
  return (
    environment.cloudTokenVariables.find(
      (name) => name === 'NX_CLOUD_ACCESS_TOKEN' || readsAuthToken(nxVersion),
    ) ?? null
  );
}

/** `NX_CLOUD_AUTH_TOKEN` is an invention of Nx 21.4. */
function readsAuthToken({ major, minor }: NxVersion): boolean {
  return major > 21 || (major === 21 && minor >= 4);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Looks where Nx looks. */
function locate(module: string, { workspaceRoot }: RivalSources): string | null {
  try {
    return require.resolve(module, { paths: [process.cwd(), workspaceRoot] });
  } catch {
    return null;
  }
}
