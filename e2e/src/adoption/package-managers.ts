export type PackageManagerName = 'npm' | 'pnpm' | 'yarn' | 'yarn-berry';

/** What a user types who has this package manager, and what a workspace of it consists of. */
export interface PackageManager {
  readonly name: PackageManagerName;
  /** The package that it is itself; npm comes with Node. */
  readonly itself: Readonly<Record<string, string>>;
  /** Installs what package.json lists. */
  readonly install: readonly [string, ...string[]];
  /** Runs a package that is not installed. */
  readonly runForeign: readonly [string, ...string[]];
  /** Runs a command of an installed package. */
  readonly runInstalled: readonly [string, ...string[]];
  /** How packages of one workspace ask for each other. */
  readonly siblingRange: string;
  /** In package.json. */
  readonly manifest: object;
  /** Other files of a workspace. */
  readonly files: Readonly<Record<string, string>>;
  /** Those that lead it to a registry. */
  readonly variables: (registryUrl: string) => Readonly<Record<string, string>>;
}

const workspaces = { workspaces: ['packages/*'] };

export const packageManagers: Readonly<Record<PackageManagerName, PackageManager>> = {
  npm: {
    name: 'npm',
    itself: {},
    install: ['npm', 'install'],
    runForeign: ['npx', '--yes'],
    runInstalled: ['npx'],
    siblingRange: '*',
    manifest: workspaces,
    files: {},
    variables: () => ({}),
  },
  pnpm: {
    name: 'pnpm',
    itself: { pnpm: '10.34.9' },
    install: ['pnpm', 'install'],
    runForeign: ['pnpm', 'dlx'],
    runInstalled: ['pnpm', 'exec'],
    siblingRange: 'workspace:*',
    manifest: {},
    files: { 'pnpm-workspace.yaml': 'packages:\n  - packages/*\n' },
    variables: () => ({}),
  },
  yarn: {
    name: 'yarn',
    itself: { yarn: '1.22.22' },
    install: ['yarn', 'install'],
    // It has no command for that.
    runForeign: ['npx', '--yes'],
    runInstalled: ['yarn', 'run'],
    siblingRange: '*',
    manifest: workspaces,
    files: {},
    variables: (registryUrl) => ({ YARN_REGISTRY: registryUrl }),
  },
  'yarn-berry': {
    name: 'yarn-berry',
    itself: { '@yarnpkg/cli-dist': '4.18.1' },
    install: ['yarn', 'install'],
    runForeign: ['yarn', 'dlx'],
    runInstalled: ['yarn', 'run'],
    siblingRange: 'workspace:*',
    manifest: workspaces,
    files: { '.yarnrc.yml': 'nodeLinker: node-modules\n' },
    variables: (registryUrl) => ({
      YARN_NPM_REGISTRY_SERVER: registryUrl,
      YARN_UNSAFE_HTTP_WHITELIST: new URL(registryUrl).hostname,
      YARN_ENABLE_TELEMETRY: '0',
      // Larder has been published a moment ago.
      YARN_NPM_MINIMAL_AGE_GATE: '0',
    }),
  },
};
