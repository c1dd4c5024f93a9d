import type { NxJson } from '../nx-facts/nx-contexts.ts';
import { requireNx } from '../nx-facts/require-nx.ts';

/** The files of a workspace as a generator sees them, as far as Larder's generators need it. */
export interface Tree {
  /** The workspace's folder. */
  readonly root: string;
  exists(path: string): boolean;
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

export interface PackageManifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export function nxDevkit(): NxDevkit {
  return requireNx('nx/src/devkit-exports') as NxDevkit;
}
