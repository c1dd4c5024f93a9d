import { readEnvironment } from '../options/environment.ts';
import { installCachePackage } from '../testing/nx-workspace.fixture.ts';
import { createTestBed } from '../testing/test-bed.fixture.ts';
import type { NxJson } from './nx-contexts.ts';
import { parseNxVersion } from './nx-version.ts';
import { findFastLane, findRivalCache, type RivalSources } from './rival-cache.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

interface Case {
  readonly nxJson?: NxJson;
  readonly variables?: Record<string, string>;
  readonly version?: string;
  readonly installed?: readonly string[];
  /** The name under which the fast lane is installed. */
  readonly fastLane?: string;
}

function prepare({
  nxJson = {},
  variables = {},
  version = '24.0.6',
  installed = [],
  fastLane,
}: Case): RivalSources {
  const workspaceRoot = bed.makeFolder();
  for (const name of installed) installCachePackage({ root: workspaceRoot }, name);
  if (fastLane !== undefined) {
    installCachePackage({ root: workspaceRoot }, fastLane, '@larder/fast-lane');
  }
  return {
    nxJson,
    nxVersion: parseNxVersion(version),
    environment: readEnvironment(variables).nx,
    workspaceRoot,
  };
}

const find = (given: Case) => findRivalCache(prepare(given));

const withRunner = (runner: string | undefined, options: object): NxJson => ({
  tasksRunnerOptions: { default: { runner, options } },
});

describe('Nx Cloud', () => {
  it.each<[string, Case]>([
    ['"nxCloudId" in nx.json', { nxJson: { nxCloudId: 'id' } }],
    ['"nxCloudAccessToken" in nx.json', { nxJson: { nxCloudAccessToken: 'x' } }],
    ['"accessToken" in nx.json', { nxJson: withRunner(undefined, { accessToken: 'x' }) }],
    ['"accessToken" in nx.json', { nxJson: withRunner('@larder/nx', { accessToken: 'x' }) }],
    ['its tasks runner in nx.json', { nxJson: withRunner('nx-cloud', {}) }],
    ['its tasks runner in nx.json', { nxJson: withRunner('@nrwl/nx-cloud', {}) }],
    ['NX_CLOUD_ACCESS_TOKEN', { variables: { NX_CLOUD_ACCESS_TOKEN: 'x' }, version: '20.8.4' }],
    ['NX_CLOUD_AUTH_TOKEN', { variables: { NX_CLOUD_AUTH_TOKEN: 'x' }, version: '21.4.0' }],
  ])('is preferred because of %s: %j', (setting, given) => {
    expect(find(given)).toEqual({ kind: 'nx-cloud', setting });
    const nxJson = given.nxJson ?? {};
    const variables = given.variables ?? {};
    expect(find({ ...given, variables: { ...variables, NX_NO_CLOUD: 'true' } })).toBeNull();
    expect(find({ ...given, nxJson: { ...nxJson, neverConnectToCloud: true } })).toBeNull();
  });

  it.each<[string, Case]>([
    ['nothing is configured', {}],
    ['its settings are empty', { nxJson: { nxCloudId: '', nxCloudAccessToken: '' } }],
    [
      'Nx is too old for the variable',
      { variables: { NX_CLOUD_AUTH_TOKEN: 'x' }, version: '21.3.11' },
    ],
    [
      'another runner has the token',
      { nxJson: withRunner('@larder/nx', { accessToken: 'x' }), version: '20.8.4' },
    ],
  ])('is not used when %s', (_what, given) => {
    expect(find(given)).toBeNull();
  });
});

describe('a package with a cache', () => {
  it.each([
    '@nx/s3-cache',
    '@nx/shared-fs-cache',
    '@nx/gcs-cache',
    '@nx/azure-cache',
    '@nx/powerpack-s3-cache',
    '@nx/powerpack-shared-fs-cache',
    '@nx/powerpack-gcs-cache',
    '@nx/powerpack-azure-cache',
  ])('is preferred when it is installed: %s', (name) => {
    expect(find({ installed: [name] })).toEqual({ kind: 'package', name });
  });

  it('comes after Nx Cloud, and the first one counts', () => {
    const installed = ['@nx/gcs-cache', '@nx/powerpack-s3-cache'];
    expect(find({ installed })).toMatchObject({ name: '@nx/powerpack-s3-cache' });
    expect(find({ installed, nxJson: { nxCloudId: 'id' } })).toMatchObject({ kind: 'nx-cloud' });
  });
});

describe('the fast lane', () => {
  it.each(['@nx/powerpack-azure-cache', '@nx/shared-fs-cache'])(
    'is no rival, under whatever name it is installed: %s',
    (fastLane) => {
      const sources = prepare({ fastLane });
      expect(findRivalCache(sources)).toBeNull();
      expect(findFastLane(sources)).toBe(fastLane);
    },
  );

  it('is not there where it is not installed', () => {
    expect(findFastLane(prepare({}))).toBeNull();
    expect(findFastLane(prepare({ installed: ['@nx/azure-cache'] }))).toBeNull();
  });

  it('comes after every other cache that Nx looks for first', () => {
    const fastLane = '@nx/powerpack-azure-cache';
    const behindPackage = prepare({ fastLane, installed: ['@nx/azure-cache'] });
    expect(findRivalCache(behindPackage)).toEqual({ kind: 'package', name: '@nx/azure-cache' });
    expect(findFastLane(behindPackage)).toBeNull();
    const behindCloud = prepare({ fastLane, nxJson: { nxCloudId: 'id' } });
    expect(findRivalCache(behindCloud)).toMatchObject({ kind: 'nx-cloud' });
    expect(findFastLane(behindCloud)).toBeNull();
  });

  it('comes before those that Nx looks for later', () => {
    const sources = prepare({ fastLane: '@nx/shared-fs-cache', installed: ['@nx/azure-cache'] });
    expect(findRivalCache(sources)).toBeNull();
    expect(findFastLane(sources)).toBe('@nx/shared-fs-cache');
  });
});
