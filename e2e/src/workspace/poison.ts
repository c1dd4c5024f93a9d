// A project that an attacker can poison: it builds something else with a changed compiler, which is
// no input of its task, so that the hash stays what it was.
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Workspace } from './create-workspace.ts';
import { type ProducingProject } from './project-layout.ts';

const OUTPUT = 'projects/app/dist/app.js';

/** What the project makes, and what it makes once its compiler is poisoned. */
export const GOOD = 'exports.app = 1;\n';
export const POISON = 'exports.app = "poison";\n';

export const poisonableProject: ProducingProject = {
  name: 'app',
  dependsOn: [],
  workMs: 0,
  outputs: ['{projectRoot}/dist'],
  entries: [{ kind: 'file', path: OUTPUT, text: GOOD, mode: 0o644 }],
};

/** From now on every build of the workspace makes poison. */
export async function poisonCompiler({ folder }: Workspace): Promise<void> {
  await appendFile(
    join(folder, 'tools', 'produce-outputs.mjs'),
    `\nwriteFileSync(${JSON.stringify(OUTPUT)}, ${JSON.stringify(POISON)});\n`,
  );
}

/** What the last build has made, or brought back. */
export function readMade({ folder }: Workspace): Promise<string> {
  return readFile(join(folder, OUTPUT), 'utf8');
}
