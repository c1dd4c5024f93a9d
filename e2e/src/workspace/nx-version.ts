import { type ArtifactFormat } from './wire-hash.ts';

/** The last release of every line of Nx that Larder supports, and the turning points between. */
export const supportedNxVersions: readonly string[] = [
  '16.10.0',
  '17.3.2',
  '18.3.5',
  '19.8.14',
  '20.0.13',
  '20.8.4',
  '21.0.4',
  '21.6.11',
  '22.7.12',
  '23.3.2',
  '24.0.6',
];

/** Those at which the way into Nx changes: the oldest, the first of the fast lane, the first with hooks. */
export const turningPoints = ['16.10.0', '20.0.13', '20.8.4'] as const;

/** The way by which the plugin gets into Nx. */
export type Door = 'runner' | 'hooks';

/** Nx takes a tasks runner before 20.8 and calls the plugin's hooks from there on. */
export function doorOf(nxVersion: string): Door {
  return isAtLeast(nxVersion, 20, 8) ? 'hooks' : 'runner';
}

/** One version for each door: what does not depend on Nx's way of asking need not be tested with more. */
export function latestOfEachDoor(nxVersions: readonly string[]): string[] {
  return (['runner', 'hooks'] as const).flatMap((door) =>
    nxVersions.filter((version) => doorOf(version) === door).slice(-1),
  );
}

/** The format of the artifacts that come through a door. */
export function formatOf(nxVersion: string, hasFastLane = false): ArtifactFormat {
  return doorOf(nxVersion) === 'runner' || hasFastLane ? 'tar.br' : 'nx.tar.gz';
}

/** Whether a remote hit brings symlinks back; the HTTP client of Nx 20.8 follows them. */
export function keepsSymlinks(nxVersion: string, hasFastLane = false): boolean {
  return doorOf(nxVersion) === 'runner' || hasFastLane || isAtLeast(nxVersion, 21);
}

/** Whether Nx shows a failure again that it has in a cache; before it stores them and never looks. */
export function replaysFailures(nxVersion: string): boolean {
  return isAtLeast(nxVersion, 23);
}

/** Whether the plugin stores failures: Nx 20.8 to 22.6 would take them for successes elsewhere. */
export function storesFailures(nxVersion: string): boolean {
  return doorOf(nxVersion) === 'runner' || isAtLeast(nxVersion, 22, 7);
}

/** Whether a target can be `continuous`: it runs on while those that depend on it do. */
export function knowsContinuousTasks(nxVersion: string): boolean {
  return isAtLeast(nxVersion, 21);
}

/** Whether hooks are told the arguments of the command, by which they find it from the daemon. */
export function tellsArguments(nxVersion: string): boolean {
  return isAtLeast(nxVersion, 21, 6);
}

/** Whether `version` (`22.7.12`) is of the given release line or a later one. */
export function isAtLeast(version: string, major: number, minor = 0): boolean {
  const [itsMajor = 0, itsMinor = 0] = version.split('.').map(Number);
  return itsMajor > major || (itsMajor === major && itsMinor >= minor);
}
