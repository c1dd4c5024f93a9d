import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Checkout } from './checkout.ts';
import { type ArtifactFormat } from './wire-hash.ts';

/** What the plugin keeps about the last command, as far as specs look at it. */
export interface LastReport {
  readonly formats: readonly ArtifactFormat[];
  readonly hits: number;
  readonly misses: number;
  readonly savedMs: number;
  readonly downloadedBytes: number;
  readonly uploads: number;
  readonly uploadedBytes: number;
}

/** Nx 16 keeps its files, and so the plugin's, among the modules. */
const FOLDERS = ['.nx', join('node_modules', '.cache')];

export async function readLastReport({ folder }: Pick<Checkout, 'folder'>): Promise<LastReport> {
  for (const name of FOLDERS) {
    const file = join(folder, name, 'larder', 'last-run.json');
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text !== null) return JSON.parse(text) as LastReport;
  }
  throw new Error(`The plugin left no report in ${folder}.`);
}
