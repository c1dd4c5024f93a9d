import { type Door } from '../workspace/nx-version.ts';

/** A workspace that has another remote cache, as its own documentation sets it up. */
export interface ForeignSetup {
  readonly title: string;
  readonly door: Door;
  /** What stands in nx.json for it. */
  readonly nxJson: object;
  /** What it adds to package.json. */
  readonly packages: Readonly<Record<string, string>>;
  /**
   * Whether they are installed. One is enough to see them go; the others would have to be bent to
   * these versions of Nx.
   */
  readonly isInstalled?: boolean;
  readonly files?: (serverUrl: string, serverToken: string) => Readonly<Record<string, string>>;
  /** What it has become among Larder's options in nx.json, besides the address. */
  readonly larderOptions?: object;
  /** Parts of what the user is told. */
  readonly told: readonly string[];
}

/** Must neither stay in nx.json nor be printed. */
export const foreignSecret = 'SECRET-5b1f';

const operations = { cacheableOperations: ['build'] };

function runner(name: string, options: object): object {
  return {
    tasksRunnerOptions: { default: { runner: name, options: { ...operations, ...options } } },
  };
}

export const foreignSetups: readonly ForeignSetup[] = [
  {
    title: '@vercel/remote-nx',
    door: 'runner',
    nxJson: runner('@vercel/remote-nx', { token: foreignSecret, teamId: 'team_1a2b' }),
    packages: { '@vercel/remote-nx': '2.0.0' },
    isInstalled: true,
    told: ['Revoke what was in nx.json as "token"'],
  },
  {
    title: '@pellegrims/nx-remotecache-s3',
    door: 'runner',
    nxJson: runner('@pellegrims/nx-remotecache-s3', {
      endpoint: 'https://s3.example.com',
      bucket: 'shop-cache',
      region: 'eu-central-1',
      forcePathStyle: true,
    }),
    packages: { '@pellegrims/nx-remotecache-s3': '8.1.3' },
    told: ['bucket "shop-cache"'],
  },
  {
    title: 'nx-remotecache-azure',
    door: 'runner',
    nxJson: runner('nx-remotecache-azure', {
      accountName: 'shop',
      accountKey: foreignSecret,
      container: 'nx',
    }),
    packages: { 'nx-remotecache-azure': '19.0.0' },
    told: ['Revoke what was in nx.json as "accountKey"'],
  },
  {
    title: 'nx-remotecache-minio',
    door: 'runner',
    nxJson: runner('nx-remotecache-minio', {
      accessKey: foreignSecret,
      secretKey: foreignSecret,
      url: 'http://127.0.0.1:9',
      bucket: 'nx-cache',
    }),
    packages: { 'nx-remotecache-minio': '19.0.0' },
    told: ['bucket "nx-cache"'],
  },
  {
    title: '@nx-aws-plugin/nx-aws-cache',
    door: 'runner',
    nxJson: runner('@nx-aws-plugin/nx-aws-cache', {
      awsAccessKeyId: foreignSecret,
      awsSecretAccessKey: foreignSecret,
      awsBucket: 'shop/nx',
      awsRegion: 'eu-central-1',
    }),
    packages: { '@nx-aws-plugin/nx-aws-cache': '3.2.3' },
    told: ['awsBucket "shop/nx"'],
  },
  {
    title: 'a runner that Nx 21 has deleted',
    door: 'hooks',
    nxJson: {},
    packages: { 'nx-remotecache-azure': '20.0.0' },
    told: ['the package nx-remotecache-azure'],
  },
  {
    title: '@nx/s3-cache',
    door: 'hooks',
    nxJson: {
      s3: { bucket: 'shop-cache', region: 'eu-central-1', localMode: 'read', ciMode: 'read-write' },
    },
    packages: { '@nx/s3-cache': '5.0.7' },
    larderOptions: { localMode: 'read', ciMode: 'read-write' },
    told: ['"s3" from nx.json', 'the package @nx/s3-cache'],
  },
  {
    title: 'NX_SELF_HOSTED_REMOTE_CACHE_SERVER',
    door: 'hooks',
    nxJson: {},
    packages: {},
    files: (url, token) => ({
      '.env': `NX_SELF_HOSTED_REMOTE_CACHE_SERVER=${url}\nNX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN=${token}\n`,
    }),
    told: ['NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN in .env:2: replace it by LARDER_TOKEN'],
  },
];
