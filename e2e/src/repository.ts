import { join, resolve } from 'node:path';

/** The repository's root; the same from `src` (jest) and from `dist` (node). */
export const repositoryRoot = resolve(__dirname, '..', '..');

/** Installations that are kept between runs; ignored by git, safe to delete. */
export const installationsFolder = join(repositoryRoot, 'tmp', 'e2e', 'installations');

/** Files that are copied into workspaces and installations as they are. */
export const assetsFolder = join(repositoryRoot, 'e2e', 'assets');
