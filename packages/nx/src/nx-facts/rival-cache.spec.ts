import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment } from '../options/environment.ts';
import { createTestBed } from '../testing/test-bed.fixture.ts';
import type { NxJson } from './nx-contexts.ts';
import { parseNxVersion } from './nx-version.ts';
import { findRivalCache } from './rival-cache.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

interface Case {
  readonly nxJson?: NxJson;
  readonly variables?: Record<string, string>;
  readonly version?: string;
  readonly installed?: readonly string[];
}

function find({ nxJson = {}, variables = {}, version = '24.0.6', installed = [] }: Case) {
  const workspaceRoot = bed.makeFolder();
  for (const name of installed) {
    const folder = join(workspaceRoot, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.js'), '');
  }
  return findRivalCache({
    nxJson,
    nxVersion: parseNxVersion(version),
    environment: readEnvironment(variables).nx,
    workspaceRoot,
  });
}

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
