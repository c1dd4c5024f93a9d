/** A workspace with another cache, and what a migration is to make of it. */
export interface ForeignWorkspace {
  readonly title: string;
  readonly nxVersion: string;
  readonly before: WorkspaceFiles;
  readonly after: Pick<WorkspaceFiles, 'nxJson' | 'packages'>;
  /** What the user is told, each as a part of a line. */
  readonly told: readonly string[];
}

export interface WorkspaceFiles {
  readonly nxJson: object;
  /** `devDependencies` of package.json. */
  readonly packages: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** Stands wherever a secret would; must neither move nor be printed. */
export const secret = 'SECRET-5b1f';

const nx = { nx: '24.0.6', '@larder/nx': '0.1.0' };
const operations = { cacheableOperations: ['build', 'test'], parallel: 5 };

const hooks = (options?: object) => ({
  plugins: [options === undefined ? '@larder/nx' : { plugin: '@larder/nx', options }],
});
const runner = (name: string, options: object) => ({
  tasksRunnerOptions: { default: { runner: name, options: { ...operations, ...options } } },
});

/** The seven set-ups, as their own documentation has them, and what is like them. */
export const foreignWorkspaces: readonly ForeignWorkspace[] = [
  {
    title: '@vercel/remote-nx',
    nxVersion: '19.8.14',
    before: {
      nxJson: {
        targetDefaults: { build: { cache: true } },
        ...runner('@vercel/remote-nx', { token: secret, teamId: 'team_1a2b', verbose: true }),
      },
      packages: { ...nx, '@vercel/remote-nx': '^2.0.0' },
      files: { '.env': `NX_VERCEL_REMOTE_CACHE_TOKEN=${secret}\n` },
    },
    after: {
      nxJson: {
        targetDefaults: { build: { cache: true } },
        ...runner('@larder/nx', { teamId: 'team_1a2b' }),
      },
      packages: nx,
    },
    told: [
      'took the place of @vercel/remote-nx',
      '"teamId": "team_1a2b"',
      'the runner @vercel/remote-nx, "token", "teamId", "verbose"',
      'the package @vercel/remote-nx',
      'Revoke what was in nx.json as "token"',
      'NX_VERCEL_REMOTE_CACHE_TOKEN in .env:1: stays valid with Vercel',
    ],
  },
  {
    title: '@pellegrims/nx-remotecache-s3',
    nxVersion: '19.8.14',
    before: {
      nxJson: runner('@pellegrims/nx-remotecache-s3', {
        endpoint: 'https://s3.example.com',
        bucket: 'shop-cache',
        prefix: 'nx/',
        region: 'eu-central-1',
        profile: 'ci',
        forcePathStyle: true,
        write: false,
      }),
      packages: { ...nx, '@pellegrims/nx-remotecache-s3': '8.1.3', 'nx-remotecache-custom': '19' },
      files: {
        '.github/workflows/ci.yml': `env:\n  NXCACHE_S3_REGION: eu-central-1\n  NXCACHE_WRITE: 'true'\n`,
      },
    },
    after: { nxJson: runner('@larder/nx', { mode: 'read' }), packages: nx },
    told: [
      '"mode": "read"',
      'the package nx-remotecache-custom',
      'NXCACHE_S3_REGION in .github/workflows/ci.yml:2: remove it',
      'NXCACHE_WRITE in .github/workflows/ci.yml:3: replace it by LARDER_MODE',
      'Delete what @pellegrims/nx-remotecache-s3 has stored (bucket "shop-cache", prefix "nx/")',
    ],
  },
  {
    title: 'nx-remotecache-azure',
    nxVersion: '20.7.2',
    before: {
      nxJson: runner('nx-remotecache-azure', {
        accountName: 'shop',
        accountKey: secret,
        connectionString: secret,
        container: 'nx',
        read: false,
      }),
      packages: { ...nx, 'nx-remotecache-azure': '20.0.0' },
    },
    after: { nxJson: runner('@larder/nx', { mode: 'write' }), packages: nx },
    told: [
      '"accountKey", "connectionString"',
      'stored (accountName "shop", container "nx")',
      'LARDER_URL to its address',
    ],
  },
  {
    title: 'nx-remotecache-minio',
    nxVersion: '19.8.14',
    before: {
      nxJson: runner('nx-remotecache-minio', {
        accessKey: secret,
        secretKey: secret,
        url: 'http://192.168.0.221:9000',
        bucket: 'nx-cache',
        read: false,
        write: false,
      }),
      packages: { ...nx, 'nx-remotecache-minio': '19.0.0' },
    },
    // The address is MinIO's: Larder must not send its token there.
    after: { nxJson: runner('@larder/nx', { mode: 'off' }), packages: nx },
    told: ['Revoke what was in nx.json as "accessKey", "secretKey"', 'bucket "nx-cache"'],
  },
  {
    title: 'another runner of that family',
    nxVersion: '19.8.14',
    before: {
      nxJson: runner('@acme/nx-remotecache-redis', { redisUrl: secret, name: 'Redis' }),
      packages: { ...nx, '@acme/nx-remotecache-redis': '1.0.0' },
    },
    after: { nxJson: runner('@larder/nx', {}), packages: nx },
    told: [
      'the runner @acme/nx-remotecache-redis, "redisUrl", "name"',
      'Revoke what was in nx.json as "redisUrl", if it was a secret',
    ],
  },
  {
    title: '@nx-aws-plugin/nx-aws-cache',
    nxVersion: '19.8.14',
    before: {
      nxJson: runner('@nx-aws-plugin/nx-aws-cache', {
        awsAccessKeyId: secret,
        awsSecretAccessKey: secret,
        awsBucket: 'shop/nx',
        awsRegion: 'eu-central-1',
        encryptionFileKey: secret,
      }),
      packages: { ...nx, '@nx-aws-plugin/nx-aws-cache': '3.2.3' },
      files: { '.env.local': `NXCACHE_AWS_ENCRYPTION_KEY=${secret}\nNXCACHE_AWS_DISABLE=true\n` },
    },
    after: { nxJson: runner('@larder/nx', {}), packages: nx },
    told: [
      'Revoke what was in nx.json as "awsAccessKeyId", "awsSecretAccessKey", "encryptionFileKey"',
      'NXCACHE_AWS_ENCRYPTION_KEY in .env.local:1: remove it; Larder does not encrypt',
      'NXCACHE_AWS_DISABLE in .env.local:2: replace it by LARDER_MODE',
      'awsBucket "shop/nx"',
    ],
  },
  {
    title: 'a runner on a version that has both doors',
    nxVersion: '20.8.4',
    before: {
      nxJson: {
        useLegacyCache: true,
        ...runner('nx-remotecache-minio', { url: 'http://minio', bucket: 'b' }),
      },
      packages: { ...nx, 'nx-remotecache-minio': '19.0.0' },
    },
    after: {
      nxJson: { tasksRunnerOptions: { default: { options: operations } }, ...hooks() },
      packages: nx,
    },
    told: ['"useLegacyCache" from nx.json'],
  },
  {
    title: 'a runner that Nx 21 has deleted from nx.json, its package still there',
    nxVersion: '24.0.6',
    before: { nxJson: { parallel: 3 }, packages: { ...nx, 'nx-remotecache-azure': '20.0.0' } },
    after: { nxJson: { parallel: 3, ...hooks() }, packages: nx },
    told: ['took the place of nx-remotecache-azure', 'the package nx-remotecache-azure'],
  },
  {
    title: 'options of a runner that is deleted, its package too',
    nxVersion: '24.0.6',
    before: {
      nxJson: {
        tasksRunnerOptions: {
          default: { options: { ...operations, awsBucket: 'shop', awsSecretAccessKey: secret } },
        },
      },
      packages: nx,
    },
    after: {
      nxJson: { tasksRunnerOptions: { default: { options: operations } }, ...hooks() },
      packages: nx,
    },
    told: ['from "tasksRunnerOptions.default" in nx.json: "awsBucket", "awsSecretAccessKey"'],
  },
  {
    title: 'options of a deleted runner that has names like those of Larder',
    nxVersion: '24.0.6',
    before: {
      nxJson: {
        tasksRunnerOptions: {
          default: { options: { url: 'http://minio', accessKey: secret, read: true } },
        },
      },
      packages: { ...nx, 'nx-remotecache-minio': '20.0.0' },
    },
    after: { nxJson: hooks(), packages: nx },
    told: ['"url", "accessKey", "read"'],
  },
  {
    title: '@nx/s3-cache',
    nxVersion: '24.0.6',
    before: {
      nxJson: {
        s3: {
          bucket: 'shop-cache',
          region: 'eu-central-1',
          accessKeyId: secret,
          secretAccessKey: secret,
          encryptionKey: secret,
          ciMode: 'read-write',
          localMode: 'read',
        },
        targetDefaults: { build: { cache: true } },
      },
      packages: { ...nx, '@nx/s3-cache': '5.0.7', '@nx/key': '5.0.7' },
      files: { '.env': `NX_S3_ENCRYPTION_KEY=${secret}\nNX_KEY=${secret}\n` },
    },
    after: {
      nxJson: {
        targetDefaults: { build: { cache: true } },
        ...hooks({ localMode: 'read', ciMode: 'read-write' }),
      },
      // Other packages of Nx need the key, too.
      packages: { ...nx, '@nx/key': '5.0.7' },
    },
    told: [
      '"localMode": "read"',
      '"s3" from nx.json',
      'Revoke what was in nx.json as "accessKeyId", "secretAccessKey", "encryptionKey"',
      'NX_S3_ENCRYPTION_KEY in .env:1: remove it',
      'NX_KEY in .env:2: the cache does not need it any more',
      'bucket "shop-cache"',
    ],
  },
  {
    title: '@nx/gcs-cache and @nx/azure-cache at once, under their former names',
    nxVersion: '21.6.11',
    before: {
      nxJson: {
        gcs: { bucket: 'shop', localMode: 'no-cache', ciMode: 'read-only' },
        azure: { container: 'nx', accountName: 'shop', localMode: 'all' },
      },
      packages: {
        ...nx,
        '@nx/powerpack-gcs-cache': '1.3.3',
        '@nx/powerpack-azure-cache': '1.3.3',
      },
    },
    after: { nxJson: hooks({ localMode: 'off', ciMode: 'read' }), packages: nx },
    told: [
      'took the place of @nx/gcs-cache, @nx/azure-cache',
      '"localMode": "off"',
      'Set "localMode" of Larder: what "azure" in nx.json had there',
    ],
  },
  {
    title: '@nx/shared-fs-cache',
    nxVersion: '19.8.14',
    before: {
      nxJson: { enableDbCache: true, cacheDirectory: '/mnt/nx' },
      packages: { ...nx, '@nx/shared-fs-cache': '5.0.4' },
    },
    after: {
      nxJson: {
        cacheDirectory: '/mnt/nx',
        tasksRunnerOptions: { default: { runner: '@larder/nx', options: {} } },
      },
      packages: nx,
    },
    told: ['"enableDbCache" from nx.json', 'If "cacheDirectory" in nx.json'],
  },
  {
    title: 'NX_SELF_HOSTED_REMOTE_CACHE_SERVER',
    nxVersion: '24.0.6',
    before: {
      nxJson: { parallel: 3 },
      packages: nx,
      files: {
        '.env': `NX_SELF_HOSTED_REMOTE_CACHE_SERVER=https://cache.example.com/\nNX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN=${secret}\n`,
        '.gitlab-ci.yml': `variables:\n  NX_SELF_HOSTED_REMOTE_CACHE_SERVER: "https://cache.example.com"\n`,
      },
    },
    after: {
      nxJson: { parallel: 3, ...hooks({ url: 'https://cache.example.com' }) },
      packages: nx,
    },
    told: [
      'took the place of NX_SELF_HOSTED_REMOTE_CACHE_SERVER',
      '"url": "https://cache.example.com"',
      'NX_SELF_HOSTED_REMOTE_CACHE_SERVER in .env:1, .gitlab-ci.yml:2: remove it',
      'NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN in .env:2: replace it by LARDER_TOKEN',
      'Check that the server speaks the artifacts API',
    ],
  },
];
