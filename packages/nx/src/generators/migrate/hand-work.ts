import type { FoundSetup } from '../other-caches/find-setups.ts';
import { setupOf } from '../other-caches/known-setups.ts';
import { serverVariable, type FoundVariable } from '../other-caches/find-variables.ts';
import type { PackageManifest } from '../nx-devkit.ts';
import { plainUrlOf } from './taken-options.ts';

/** What a variable of another cache is to be replaced by, or why it is not needed; the first that fits. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/^NX_SELF_HOSTED_REMOTE_CACHE_SERVER$/, 'remove it; the address is "url" or LARDER_URL'],
  [/^NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN$/, 'replace it by LARDER_TOKEN'],
  [/^NX_VERCEL_REMOTE_CACHE_/, 'stays valid with Vercel; Larder reads it too'],
  [/^NXCACHE_(READ|WRITE|AWS_DISABLE)$|_CACHE_MODE$/, 'replace it by LARDER_MODE'],
  [
    /ENCRYPTION_KEY$/,
    'remove it; Larder does not encrypt, and signs with a key of its own in LARDER_SIGNATURE_KEY',
  ],
  [/^NX_(KEY|POWERPACK_LICENSE)$/, 'the cache does not need it any more'],
];

const noReplacement = 'remove it; Larder does not read it';

/** Options that no list names can hold a secret as well. */
const harmless = ['read', 'write', 'name', 'verbose', 'silent', 'dotenv', 'dotenvPath'];

export interface HandWorkInputs {
  readonly setups: readonly FoundSetup[];
  readonly variables: readonly FoundVariable[];
  readonly manifest: PackageManifest | null;
}

/** What a migration leaves to people, one sentence each. Names things, and never a secret's value. */
export function handWork({ setups, variables, manifest }: HandWorkInputs): string[] {
  return [
    ...setups.flatMap((found) => [
      ...modesToSet(found),
      ...secretsToRevoke(found),
      ...found.setup.byHand,
    ]),
    ...addressesToCheck(variables),
    ...variablesToChange(variables),
    ...overridesToRemove(manifest),
    ...setups.flatMap(storageToDelete),
  ];
}

/** Nobody may come to write by a migration who could not before. */
function modesToSet({ setup, keys }: FoundSetup): string[] {
  return Object.entries(keys).flatMap(([key, options]) => {
    const known = setup.takeOver(options);
    return (['localMode', 'ciMode'] as const)
      .filter((name) => options[name] !== undefined && known[name] === undefined)
      .map(
        (name) =>
          `Set "${name}" of Larder: what "${key}" in nx.json had there is no mode that it knows.`,
      );
  });
}

function secretsToRevoke({ setup, entries, keys }: FoundSetup): string[] {
  const known = [...setup.runnerOptions, ...harmless];
  const names = [...entries.map(({ foreign }) => foreign), ...Object.values(keys)].flatMap(
    (options) =>
      Object.entries(options)
        .filter(([, value]) => typeof value === 'string' && value !== '')
        .map(([name]) => name)
        .filter(
          (name) =>
            setup.secretOptions.includes(name) ||
            (setup.place === 'runner' && !known.includes(name)),
        ),
  );
  return names.length === 0
    ? []
    : [
        `Revoke what was in nx.json as ${quoted(names)}, if it was a secret: everybody who has the repository's history has it.`,
      ];
}

function addressesToCheck(variables: readonly FoundVariable[]): string[] {
  const servers = variables.filter(({ name }) => name === serverVariable);
  if (servers.length === 0) return [];
  const check =
    'Check that the server speaks the artifacts API, as larder-server does: a server for Nx alone cannot be used.';
  return plainUrlOf(variables) === null
    ? [`Set "url" in nx.json or LARDER_URL: no single plain address was found. ${check}`]
    : [check];
}

function variablesToChange(variables: readonly FoundVariable[]): string[] {
  const names = [...new Set(variables.map(({ name }) => name))].sort();
  return names.map((name) => {
    const places = variables
      .filter((each) => each.name === name)
      .map(({ file, line }) => `${file}:${line}`);
    const [, what] = advice.find(([pattern]) => pattern.test(name)) ?? [null, noReplacement];
    return `${name} in ${places.join(', ')}: ${what}.`;
  });
}

function overridesToRemove(manifest: PackageManifest | null): string[] {
  const { overrides, resolutions, pnpm } = manifest ?? {};
  const names = Object.keys({ ...overrides, ...resolutions, ...pnpm?.overrides });
  const foreign = names.filter((name) => setupOf(name) !== null);
  return foreign.length === 0
    ? []
    : [
        `Remove the overrides of ${foreign.join(', ')} in package.json, if nothing else needs them.`,
      ];
}

function storageToDelete({ setup, entries, keys }: FoundSetup): string[] {
  const places = [...entries.map(({ foreign }) => foreign), ...Object.values(keys)].flatMap(
    (options) =>
      setup.storageOptions.flatMap((name) => {
        const value = options[name];
        return typeof value === 'string' && value !== '' ? [`${name} "${value}"`] : [];
      }),
  );
  return places.length === 0
    ? []
    : [
        `Delete what ${setup.title} has stored (${[...new Set(places)].join(', ')}) when no branch uses it any more: Larder does not read it.`,
      ];
}

function quoted(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `"${name}"`).join(', ');
}
