import { isDeepStrictEqual } from 'node:util';
import type { NxJson } from '../nx-facts/nx-contexts.ts';
import { requireFromNx, requireNx } from '../nx-facts/require-nx.ts';
import { editJson, type JsoncParser } from './json/edit-json.ts';

/** The files of a workspace as a generator sees them, as far as Larder's generators need it. */
export interface Tree {
  /** The workspace's folder. */
  readonly root: string;
  exists(path: string): boolean;
  isFile(path: string): boolean;
  /** Names in a folder; none where there is no such folder. */
  children(path: string): string[];
  read(path: string, encoding: 'utf-8'): string | null;
  write(path: string, content: string): void;
  delete(path: string): void;
}

/**
 * What Nx itself has of its devkit. Generators do not use `@nx/devkit`, which small workspaces lack,
 * and which would have to be of the version of Nx.
 */
export interface NxDevkit {
  readNxJson(tree: Tree): NxJson | null;
  updateNxJson(tree: Tree, json: NxJson): void;
  readJson(tree: Tree, path: string): PackageManifest;
  updateJson(tree: Tree, path: string, change: (json: PackageManifest) => PackageManifest): void;
  detectPackageManager(root: string): string;
  getPackageManagerCommand(name: string): { readonly install: string };
}

/** Packages by their names, with the versions that are wanted. */
export type PackageList = Readonly<Record<string, string>>;

export interface PackageManifest {
  readonly dependencies?: PackageList;
  readonly devDependencies?: PackageList;
  readonly optionalDependencies?: PackageList;
  /** What npm, Yarn and pnpm call the versions that everybody has to use. */
  readonly overrides?: object;
  readonly resolutions?: object;
  readonly pnpm?: { readonly overrides?: object };
}

export function nxDevkit(): NxDevkit {
  return requireNx('nx/src/devkit-exports') as NxDevkit;
}

/** package.json of the workspace; null where Nx's wrapper does without one. */
export function readManifest(tree: Tree): PackageManifest | null {
  return tree.exists('package.json') ? nxDevkit().readJson(tree, 'package.json') : null;
}

/** nx.json of the workspace, with what it extends; empty where there is none. */
export function readNxJson(tree: Tree): NxJson {
  return nxDevkit().readNxJson(tree) ?? {};
}

/** Writes nx.json unless it says the same already. */
export function writeNxJson(tree: Tree, json: NxJson): void {
  const before = readNxJson(tree);
  if (isDeepStrictEqual(json, before)) return;
  // A small workspace can do without one.
  if (!tree.exists('nx.json')) tree.write('nx.json', JSON.stringify(json, null, 2) + '\n');
  else edit(tree, 'nx.json', { before, after: json });
  if (!isDeepStrictEqual(json, readNxJson(tree))) nxDevkit().updateNxJson(tree, json);
}

/** Writes package.json unless it says the same already; tells whether it did. */
export function writeManifest(tree: Tree, manifest: PackageManifest): boolean {
  const before = readManifest(tree);
  if (before === null || isDeepStrictEqual(manifest, before)) return false;
  edit(tree, 'package.json', { before, after: manifest });
  if (!isDeepStrictEqual(manifest, readManifest(tree))) {
    nxDevkit().updateJson(tree, 'package.json', () => manifest);
  }
  return true;
}

/** Keeps comments and formatting, where Nx's own functions write files anew. */
function edit(tree: Tree, file: string, values: { before: object; after: object }): void {
  const parser = requireFromNx('jsonc-parser') as JsoncParser | null;
  const text = tree.read(file, 'utf-8');
  if (parser !== null && text !== null) tree.write(file, editJson(text, { ...values, parser }));
}
