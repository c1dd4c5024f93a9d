/** The one place of the e2e project that reads environment variables. */

/** One for each way in which Nx asks for artifacts: by its runner, by polling, in batches. */
const DEFAULT_NX_VERSIONS = ['19.8.14', '22.7.12', '24.0.6'];

/** One for each door, for specs whose subject the way of asking does not touch. */
const DEFAULT_VERSION_OF_EACH_DOOR = ['19.8.14', '24.0.6'];

/** The fast lane is for the versions from here on. */
const FIRST_MAJOR_WITH_FAST_LANE = 20;

/** What a child process may inherit; everything else (`NX_*`, `LARDER_*`, `npm_*` …) is withheld. */
const INHERITED_VARIABLES = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'npm_config_registry',
  'npm_config_cache',
  'npm_config_userconfig',
];

export type DaemonMode = 'off' | 'on';

export interface E2eEnvironment {
  /** Nx versions that the specs run with: `LARDER_E2E_NX`, separated by commas. */
  readonly nxVersions: readonly string[];
  /** The same, or fewer by default: one of each door. */
  readonly nxVersionOfEachDoor: readonly string[];
  /** Daemon modes that the round-trip spec runs with: `LARDER_E2E_DAEMON`, `off`, `on` or both. */
  readonly daemonModes: readonly DaemonMode[];
  /** The same, or fewer by default, for other versions than the newest. */
  readonly daemonModesOfOlderVersions: readonly DaemonMode[];
  /** Versions with which the fast lane is tested: by default the newest. */
  readonly fastLaneNxVersions: readonly string[];
  /** Daemon modes for that. */
  readonly fastLaneDaemonModes: readonly DaemonMode[];
  /** Rounds of what is only repeated to be sure: `LARDER_E2E_ROUNDS`. */
  readonly rounds?: number;
  /** Variables that every child process starts from. */
  readonly inherited: Readonly<Record<string, string>>;
}

export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): E2eEnvironment {
  const inherited: Record<string, string> = {};
  for (const name of INHERITED_VARIABLES) {
    const value = variables[name];
    if (value !== undefined) inherited[name] = value;
  }
  const daemonModes = listOf(variables.LARDER_E2E_DAEMON).map((mode) => {
    if (mode !== 'on' && mode !== 'off') {
      throw new Error(`LARDER_E2E_DAEMON must list "on" and "off", not "${mode}".`);
    }
    return mode;
  });
  const nxVersions = listOf(variables.LARDER_E2E_NX);
  const chosenModes: readonly DaemonMode[] =
    daemonModes.length > 0 ? daemonModes : nxVersions.length > 0 ? ['off', 'on'] : ['off'];
  const rounds = Number(variables.LARDER_E2E_ROUNDS ?? '');
  return {
    ...(rounds > 0 ? { rounds } : {}),
    nxVersions: nxVersions.length > 0 ? nxVersions : DEFAULT_NX_VERSIONS,
    nxVersionOfEachDoor: nxVersions.length > 0 ? nxVersions : DEFAULT_VERSION_OF_EACH_DOOR,
    daemonModes: daemonModes.length > 0 ? daemonModes : ['off', 'on'],
    // Whoever chooses versions wants to see all of them.
    daemonModesOfOlderVersions: chosenModes,
    fastLaneNxVersions: (nxVersions.length > 0 ? nxVersions : DEFAULT_NX_VERSIONS.slice(-1)).filter(
      (version) => Number(version.split('.', 1)[0]) >= FIRST_MAJOR_WITH_FAST_LANE,
    ),
    fastLaneDaemonModes: chosenModes,
    inherited,
  };
}

function listOf(value = ''): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
