import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Installation, installationFolder } from '../installations/installation.ts';
import { type Machine } from '../machines/create-machine.ts';
import { type Checkout } from '../workspace/checkout.ts';
import { nxJson } from '../workspace/nx-json.ts';
import { writeJson } from '../workspace/write-json.ts';

/** A TypeScript library with the libraries that it imports and its code. */
interface Library {
  readonly name: string;
  readonly imports: readonly string[];
  readonly code: string;
}

const libraries: readonly Library[] = [
  {
    name: 'units',
    imports: [],
    code: `export type Grams = number;\nexport const kilograms = (count: number): Grams => count * 1000;\n`,
  },
  {
    name: 'pantry',
    imports: ['units'],
    code: `import { kilograms, type Grams } from '@demo/units';\nexport const pantry = new Map<string, Grams>([['flour', kilograms(2)], ['sugar', kilograms(1)]]);\n`,
  },
  {
    name: 'recipes',
    imports: ['units'],
    code: `import { kilograms, type Grams } from '@demo/units';\nexport interface Recipe { readonly name: string; readonly needs: Readonly<Record<string, Grams>> }\nexport const bread: Recipe = { name: 'bread', needs: { flour: kilograms(0.5) } };\n`,
  },
  {
    name: 'kitchen',
    imports: ['pantry', 'recipes'],
    code: `import { pantry } from '@demo/pantry';\nimport { bread } from '@demo/recipes';\nexport const canBake = Object.entries(bread.needs).every(([what, grams]) => (pantry.get(what) ?? 0) >= grams);\n`,
  },
];

export interface DemoWorkspace extends Checkout {
  readonly nxVersion: string;
  /** The workspace's `nx.json`, which is all that a team has to change. */
  readonly nxJson: object;
}

/** Lays a workspace of a few TypeScript libraries, as a team has it. */
export async function createDemoWorkspace(options: {
  readonly machine: Machine;
  readonly nxVersion: string;
  readonly installation: Installation;
}): Promise<DemoWorkspace> {
  const { machine, nxVersion, installation } = options;
  const folder = join(machine.folder, `workspace-nx-${nxVersion}`);
  const settings = nxJson(nxVersion, 'larder');
  await mkdir(folder);
  await writeJson(join(folder, 'nx.json'), settings);
  await writeJson(join(folder, 'tsconfig.base.json'), {
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      declaration: true,
      types: [],
      paths: { '@demo/*': ['./libraries/*/dist/index.d.ts'] },
    },
  });
  for (const library of libraries) await writeLibrary(folder, library);
  await cp(installationFolder(installation), folder, {
    recursive: true,
    verbatimSymlinks: true,
  });
  return {
    nxVersion,
    machine,
    folder,
    nxJson: settings,
    outputs: libraries.map(({ name }) => `libraries/${name}/dist`),
  };
}

async function writeLibrary(folder: string, { name, imports, code }: Library): Promise<void> {
  const root = `libraries/${name}`;
  await mkdir(join(folder, root, 'src'), { recursive: true });
  await writeFile(join(folder, root, 'src', 'index.ts'), code);
  await writeJson(join(folder, root, 'tsconfig.json'), {
    extends: '../../tsconfig.base.json',
    compilerOptions: { rootDir: 'src', outDir: 'dist' },
    include: ['src'],
  });
  await writeJson(join(folder, root, 'project.json'), {
    name,
    root,
    implicitDependencies: imports,
    targets: {
      build: {
        executor: 'nx:run-commands',
        outputs: ['{projectRoot}/dist'],
        options: { command: `tsc -p ${root}` },
      },
    },
  });
}
