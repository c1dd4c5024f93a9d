import type { HashInputs } from '../../agent/protocol/finished-command.ts';

/** Inputs by name with the hash that Nx made of each. */
export type NamedInputs = ReadonlyMap<string, string>;

export interface InputDifference {
  readonly change: 'changed' | 'added' | 'removed';
  readonly kind: InputKind;
  /** As Nx calls it. */
  readonly name: string;
  /** What it is, for people. */
  readonly what: string;
  /** What it was and is, where Nx keeps that itself and not a hash of it: versions of packages. */
  readonly before: string | null;
  readonly after: string | null;
}

export type InputKind =
  | 'files'
  | 'workspace-files'
  | 'project-configuration'
  | 'typescript-configuration'
  | 'external-dependencies'
  | 'package'
  | 'environment'
  | 'runtime'
  | 'command'
  | 'working-folder'
  | 'task-outputs'
  | 'other';

/** What a hash is made of; null when nobody told. */
export function namedInputsOf({ table, byTask }: HashInputs, taskHash: string): NamedInputs | null {
  const places = byTask[taskHash];
  if (!places) return null;
  return new Map(places.flatMap((place) => (table[place] ? [table[place]] : [])));
}

/** What differs, in the order in which people look for causes. */
export function compareInputs(before: NamedInputs, after: NamedInputs): InputDifference[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => differenceOf(name, before.get(name) ?? null, after.get(name) ?? null))
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.name < b.name ? -1 : 1));
}

const order: readonly InputKind[] = [
  'files',
  'workspace-files',
  'project-configuration',
  'typescript-configuration',
  'package',
  'external-dependencies',
  'environment',
  'runtime',
  'command',
  'task-outputs',
  'working-folder',
  'other',
];

function differenceOf(name: string, before: string | null, after: string | null): InputDifference {
  // Hashes are numbers, versions are not.
  const isText = (value: string | null) => value !== null && /\D/.test(value);
  const shown = describe(name);
  const isShown = shown.kind === 'package' && [before, after].some(isText);
  return {
    change: before === null ? 'added' : after === null ? 'removed' : 'changed',
    name,
    ...shown,
    before: isShown ? before : null,
    after: isShown ? after : null,
  };
}

/** Source: the names that the hashers of Nx 16 to 24 give to inputs. */
function describe(name: string): { readonly kind: InputKind; readonly what: string } {
  // Nx 16 does not say of which project.
  const [, owner = '', part] = /^(?:(.*):)?(ProjectConfiguration|TsConfig)$/.exec(name) ?? [];
  if (part === 'ProjectConfiguration') {
    const what = `the configuration of the project ${owner}`.trim();
    return { kind: 'project-configuration', what };
  }
  if (part === 'TsConfig') {
    const concerning = owner === '' ? '' : `, as it concerns ${owner}`;
    return {
      kind: 'typescript-configuration',
      what: `the tsconfig of the workspace${concerning}`,
    };
  }
  const workspaceFiles = /^(?:workspace:)?\[?(!?\{workspaceRoot\}[^\]]*)\]?$/.exec(name);
  if (workspaceFiles) {
    const patterns = (workspaceFiles[1] ?? '').replaceAll('{workspaceRoot}/', '');
    return { kind: 'workspace-files', what: `files of the workspace (${patterns})` };
  }
  return describePrefixed(name);
}

function describePrefixed(name: string): { readonly kind: InputKind; readonly what: string } {
  if (name === 'command') {
    return { kind: 'command', what: 'the command: its flags, or the configuration of the target' };
  }
  if (name === 'AllExternalDependencies') {
    return { kind: 'external-dependencies', what: 'the installed packages (the lock file)' };
  }
  const [, prefix, rest = ''] = /^([a-z]+):(.*)$/s.exec(name) ?? [];
  switch (prefix) {
    case 'env':
      return { kind: 'environment', what: `the variable ${rest}` };
    case 'runtime':
      return { kind: 'runtime', what: `what the command "${rest}" prints` };
    case 'npm':
      return { kind: 'package', what: `the package ${rest}` };
    case 'cwd':
      return { kind: 'working-folder', what: 'the folder that Nx was started in' };
    default:
      break;
  }
  return describeFiles(name);
}

function describeFiles(name: string): { readonly kind: InputKind; readonly what: string } {
  const [, glob, folders = ''] = /^([^:]*\*[^:]*):(.+)$/.exec(name) ?? [];
  if (glob !== undefined) {
    return { kind: 'task-outputs', what: `outputs of tasks before it (${glob} in ${folders})` };
  }
  // Until 22.6 with the placeholder, from then on with the folder in its place.
  const [, owner, patterns = ''] =
    /^(.*?):(!?\{projectRoot\}.*)$/.exec(name) ?? /^(.*):([^:]*[*/].*)$/.exec(name) ?? [];
  return owner === undefined
    ? { kind: 'other', what: name }
    : { kind: 'files', what: `files of ${owner} (${patterns})` };
}
