import { isDeepStrictEqual } from 'node:util';
import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import type { LarderOptions } from '../../options/larder-options.ts';
import { serverVariable } from '../other-caches/find-variables.ts';
import { sayToken } from '../say-token.ts';
import { handWork, type HandWorkInputs } from './hand-work.ts';

export interface Migration extends HandWorkInputs {
  /** What the other caches' settings have become. */
  readonly taken: LarderOptions;
  readonly before: NxJson;
  readonly after: NxJson;
}

/** What a migration has done and what it leaves to people. */
export function formatMigration(migration: Migration): string {
  const { setups, variables, taken, before, after } = migration;
  const titles = setups.map(({ setup }) => setup.title);
  if (variables.some(({ name }) => name === serverVariable)) titles.push(serverVariable);
  const head = isDeepStrictEqual(before, after)
    ? `Larder: nx.json has Larder already; found ${titles.join(', ')}.`
    : `Larder: took the place of ${titles.join(', ')}.`;
  return [
    head,
    ...section('Taken over', Object.entries(taken).map(formatOption)),
    ...section('Removed', removedThings(migration)),
    ...section('To do by hand', handWork(migration)),
    sayToken(after),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}:`, ...lines.map((line) => `  - ${line}`)];
}

function formatOption([name, value]: readonly [string, unknown]): string {
  return `"${name}": ${JSON.stringify(value)}`;
}

function removedThings({ setups, before, after }: Migration): string[] {
  const things = setups.flatMap(({ entries, keys, packages }) => [
    ...entries.map(({ name, foreign }) => {
      const { runner } = before.tasksRunnerOptions?.[name] ?? {};
      const parts = [
        ...(runner === undefined ? [] : [`the runner ${runner}`]),
        ...Object.keys(foreign).map((option) => `"${option}"`),
      ];
      return `from "tasksRunnerOptions.${name}" in nx.json: ${parts.join(', ')}`;
    }),
    ...Object.keys(keys).map((key) => `"${key}" from nx.json`),
    ...packages.map((name) => `the package ${name}`),
  ]);
  const flags = (['useLegacyCache', 'enableDbCache'] as const)
    .filter((flag) => before[flag] !== undefined && after[flag] === undefined)
    .map((flag) => `"${flag}" from nx.json, with which Nx does not ask Larder`);
  return [...things, ...flags];
}
