// OpenStack Swift as a store of objects for tests: one proxy that speaks S3, and on each node the three
// kinds of servers, over a folder in place of a disk. Nothing of it is fit for anything else.

export type SwiftServerKind = (typeof SWIFT_SERVER_KINDS)[number];

export const SWIFT_SERVER_KINDS = ['account', 'container', 'object'] as const;

export interface SwiftPorts {
  readonly proxy: number;
  readonly memcached: number;
  /** By node. */
  readonly servers: readonly Readonly<Record<SwiftServerKind, number>>[];
}

export interface SwiftCredentials {
  readonly account: string;
  readonly user: string;
  readonly secret: string;
  readonly region: string;
}

export interface SwiftConfiguration {
  /** Where configuration and rings are. */
  readonly folder: string;
  readonly ports: SwiftPorts;
  readonly credentials: SwiftCredentials;
  /** The user of this machine whose processes they are. */
  readonly systemUser: string;
}

/** The least that a part of a multipart upload may have, as with AWS. */
const MIN_PART_BYTES = 5 * 1024 ** 2;

const FILTERS = [
  ...['catch_errors', 'gatekeeper', 'healthcheck', 'cache', 'listing_formats', 'bulk', 's3api'],
  ...['tempauth', 'copy', 'slo', 'dlo', 'versioned_writes', 'symlink'],
];

export function formatSwiftConf(): string {
  return formatSections({
    // Part of where objects are, so that nobody can work that out.
    'swift-hash': { swift_hash_path_prefix: 'larder', swift_hash_path_suffix: 'larder' },
    'storage-policy:0': { name: 'replicated', default: 'yes' },
  });
}

export function formatProxyConf(configuration: SwiftConfiguration): string {
  const { ports, credentials } = configuration;
  const { account, user, secret, region } = credentials;
  const settings: Record<string, Record<string, string | number>> = {
    cache: { use: 'egg:swift#memcache', memcache_servers: `127.0.0.1:${ports.memcached}` },
    s3api: {
      location: region,
      s3_acl: 'no',
      min_segment_size: MIN_PART_BYTES,
      // Few, so that it does not take a thousand objects to see whether the next answer is asked for.
      max_bucket_listing: 100,
    },
    tempauth: { [`user_${account}_${user}`]: `${secret} .admin` },
    versioned_writes: { allow_versioned_writes: 'true', allow_object_versioning: 'true' },
  };
  return formatSections({
    DEFAULT: { ...commonSettings(configuration), bind_port: ports.proxy },
    'pipeline:main': { pipeline: [...FILTERS, 'proxy-server'].join(' ') },
    'app:proxy-server': {
      use: 'egg:swift#proxy',
      allow_account_management: 'true',
      account_autocreate: 'true',
      // A node that has come back is asked again soon.
      error_suppression_interval: 2,
      error_suppression_limit: 1000,
    },
    ...Object.fromEntries(
      FILTERS.map((name) => [
        `filter:${name}`,
        { use: `egg:swift#${name}`, ...(settings[name] ?? {}) },
      ]),
    ),
  });
}

/** @param nodeFolder - What stands for the disks of the node. */
export function formatServerConf(
  configuration: SwiftConfiguration,
  server: { kind: SwiftServerKind; node: number; nodeFolder: string },
): string {
  const { kind, node, nodeFolder } = server;
  return formatSections({
    DEFAULT: {
      ...commonSettings(configuration),
      bind_port: configuration.ports.servers[node]?.[kind] ?? 0,
      devices: nodeFolder,
      mount_check: 'false',
      disable_fallocate: 'true',
    },
    'pipeline:main': { pipeline: `healthcheck ${kind}-server` },
    [`app:${kind}-server`]: { use: `egg:swift#${kind}` },
    'filter:healthcheck': { use: 'egg:swift#healthcheck' },
    // Copies over HTTP, without rsync.
    [`${kind}-replicator`]: { recon_cache_path: nodeFolder, sync_method: 'ssync' },
    [`${kind}-updater`]: { recon_cache_path: nodeFolder, interval: 60 },
  });
}

function commonSettings({ folder, systemUser }: SwiftConfiguration) {
  return {
    bind_ip: '127.0.0.1',
    workers: 0,
    user: systemUser,
    swift_dir: folder,
    log_level: 'WARNING',
  };
}

function formatSections(sections: Record<string, Record<string, string | number>>): string {
  return Object.entries(sections)
    .map(([name, settings]) =>
      [
        `[${name}]`,
        ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`),
        '',
      ].join('\n'),
    )
    .join('\n');
}
