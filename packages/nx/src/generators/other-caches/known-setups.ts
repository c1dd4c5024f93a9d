import type { CacheSetup } from './cache-setup.ts';
import { modeOfReadAndWrite, modesOfPlaces, teamOf } from './take-over.ts';

/** Options of nx-remotecache-custom, and so of all that is built on it. */
const customOptions = ['name', 'verbose', 'silent', 'read', 'write', 'dotenv', 'dotenvPath'];

const customRunner = {
  place: 'runner',
  keys: [],
  tellingOptions: [],
  secretOptions: [],
  storageOptions: [],
  byHand: [],
  takeOver: modeOfReadAndWrite,
} as const;

const vercel: CacheSetup = {
  ...customRunner,
  title: '@vercel/remote-nx',
  owns: (name) => name === '@vercel/remote-nx',
  runnerOptions: [...customOptions, 'token', 'teamId'],
  secretOptions: ['token'],
  takeOver: (options) => ({ ...modeOfReadAndWrite(options), ...teamOf(options) }),
  byHand: [
    'Vercel stays the server unless you set "url": its token goes into LARDER_TOKEN. What @vercel/remote-nx has stored there is not used, because it is packed differently.',
  ],
};

const s3Runner: CacheSetup = {
  ...customRunner,
  title: '@pellegrims/nx-remotecache-s3',
  owns: (name) => name === '@pellegrims/nx-remotecache-s3',
  runnerOptions: [
    ...customOptions,
    'endpoint',
    'bucket',
    'prefix',
    'region',
    'profile',
    'forcePathStyle',
  ],
  tellingOptions: ['bucket', 'forcePathStyle'],
  storageOptions: ['bucket', 'prefix'],
};

const azureRunner: CacheSetup = {
  ...customRunner,
  title: 'nx-remotecache-azure',
  owns: (name) => name === 'nx-remotecache-azure',
  runnerOptions: [
    ...customOptions,
    'connectionString',
    'sasUrl',
    'accountName',
    'accountKey',
    'container',
    'azureUrl',
    'adAuth',
  ],
  tellingOptions: ['connectionString', 'sasUrl', 'accountName', 'accountKey', 'container'],
  secretOptions: ['connectionString', 'sasUrl', 'accountKey'],
  storageOptions: ['accountName', 'container'],
};

const minioRunner: CacheSetup = {
  ...customRunner,
  title: 'nx-remotecache-minio',
  owns: (name) => name === 'nx-remotecache-minio',
  runnerOptions: [
    ...customOptions,
    'accessKey',
    'secretKey',
    'url',
    'bucket',
    'region',
    'pathStyle',
  ],
  tellingOptions: ['accessKey', 'secretKey', 'pathStyle'],
  secretOptions: ['accessKey', 'secretKey'],
  storageOptions: ['bucket'],
};

/** Everything else that is built on nx-remotecache-custom, by the name that such packages have. */
const otherCustomRunner: CacheSetup = {
  ...customRunner,
  title: 'nx-remotecache-custom',
  owns: (name) => name.includes('nx-remotecache-'),
  runnerOptions: customOptions,
};

const awsRunner: CacheSetup = {
  ...customRunner,
  title: '@nx-aws-plugin/nx-aws-cache',
  owns: (name) => name === '@nx-aws-plugin/nx-aws-cache',
  runnerOptions: [
    'awsAccessKeyId',
    'awsSecretAccessKey',
    'awsProfile',
    'awsEndpoint',
    'awsRegion',
    'awsBucket',
    'awsForcePathStyle',
    'encryptionFileKey',
  ],
  tellingOptions: ['awsAccessKeyId', 'awsEndpoint', 'awsRegion', 'awsBucket', 'encryptionFileKey'],
  secretOptions: ['awsAccessKeyId', 'awsSecretAccessKey', 'encryptionFileKey'],
  storageOptions: ['awsBucket'],
  takeOver: () => ({}),
};

/** One of the packages that Nx finds by their names, under both that it has had. */
function nxCache(
  name: string,
  facts: Pick<CacheSetup, 'keys' | 'secretOptions' | 'storageOptions' | 'byHand'>,
): CacheSetup {
  return {
    ...facts,
    title: `@nx/${name}`,
    owns: (each) => each === `@nx/${name}` || each === `@nx/powerpack-${name}`,
    place: 'keys',
    runnerOptions: [],
    tellingOptions: [],
    takeOver: modesOfPlaces,
  };
}

const s3Cache = nxCache('s3-cache', {
  keys: ['s3'],
  secretOptions: ['accessKeyId', 'secretAccessKey', 'encryptionKey'],
  storageOptions: ['bucket', 'cacheKeyPrefix'],
  byHand: [],
});

const sharedFsCache = nxCache('shared-fs-cache', {
  keys: [],
  secretOptions: [],
  storageOptions: [],
  byHand: [
    'If "cacheDirectory" in nx.json or NX_CACHE_DIRECTORY names the shared folder, remove it: each machine is to have a local cache of its own.',
  ],
});

const gcsCache = nxCache('gcs-cache', {
  keys: ['gcs'],
  secretOptions: ['encryptionKey'],
  storageOptions: ['bucket'],
  byHand: [],
});

const azureCache = nxCache('azure-cache', {
  keys: ['azure'],
  secretOptions: ['connectionString', 'encryptionKey'],
  storageOptions: ['accountName', 'container'],
  byHand: [],
});

/**
 * The first that owns a package, or else an option, is the one it belongs to. The packages that Nx
 * finds stand in the order in which it prefers them.
 */
export const knownSetups: readonly CacheSetup[] = [
  vercel,
  azureRunner,
  minioRunner,
  s3Runner,
  awsRunner,
  otherCustomRunner,
  s3Cache,
  sharedFsCache,
  gcsCache,
  azureCache,
];

/** The set-up that a package, and so a tasks runner of that name, belongs to; null when none is known. */
export function setupOf(packageName: string): CacheSetup | null {
  return knownSetups.find(({ owns }) => owns(packageName)) ?? null;
}
