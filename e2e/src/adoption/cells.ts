import { parseArgs } from 'node:util';

import { type PackageManagerName } from './package-managers.ts';

/** How a workspace comes into being. */
export type Origin =
  'create-nx-workspace --preset=npm' | 'create-nx-workspace --preset=ts' | 'nx init';

/** A kind of workspace that Larder is added to. */
export interface Cell {
  /** As it is chosen on the command line. */
  readonly name: string;
  readonly nxVersion: string;
  readonly packageManager: PackageManagerName;
  readonly origin: Origin;
}

/** Of 24.0.6 there is Nx itself, but no create-nx-workspace: users of it start with `nx init`. */
const cells: readonly Cell[] = [
  cell('19.8.14', 'npm', 'create-nx-workspace --preset=npm'),
  cell('21.6.11', 'npm', 'create-nx-workspace --preset=ts'),
  cell('22.7.12', 'npm', 'create-nx-workspace --preset=ts'),
  cell('24.0.6', 'npm', 'nx init'),
  cell('24.0.6', 'pnpm', 'nx init'),
  cell('24.0.6', 'yarn', 'nx init'),
  cell('24.0.6', 'yarn-berry', 'nx init'),
];

/** One for each door, of different package managers. */
const REDUCED = ['19.8.14', '24.0.6+pnpm'];

/** Reads `--reduced` and names of cells. */
export function chooseCells(args: readonly string[]): readonly Cell[] {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { reduced: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const usual = values.reduced ? REDUCED : cells.map(({ name }) => name);
  return (positionals.length > 0 ? positionals : usual).map((name) => {
    const found = cells.find((each) => each.name === name);
    if (found !== undefined) return found;
    const names = cells.map((each) => each.name).join(', ');
    throw new Error(`There is no cell "${name}", but ${names}.`);
  });
}

function cell(nxVersion: string, packageManager: PackageManagerName, origin: Origin): Cell {
  const name = packageManager === 'npm' ? nxVersion : `${nxVersion}+${packageManager}`;
  return { name, nxVersion, packageManager, origin };
}
