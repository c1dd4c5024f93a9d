import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Machine } from '../machines/create-machine.ts';
import { writeJson } from '../workspace/write-json.ts';
import { type Cell } from './cells.ts';
import { type PackageManager } from './package-managers.ts';
import { runInWorkspace, runUsersNx, type UserWorkspace } from './user-workspace.ts';

const NAME = 'shop';
/** The last one needs the other. */
const PROJECTS = ['units', 'pantry'] as const;

/** The build of a package, which makes something else each time that it runs. */
const BUILD_SCRIPT = `import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const source = readFileSync('src/index.js', 'utf8');
mkdirSync('dist', { recursive: true });
writeFileSync('dist/index.js', '// build ' + randomUUID() + '\\n' + source);
`;

/** Makes a workspace out of nothing as the users of this version of Nx do, with something to build. */
export async function createUserWorkspace(
  { nxVersion, origin }: Cell,
  { machine, packageManager }: { machine: Machine; packageManager: PackageManager },
): Promise<UserWorkspace> {
  const workspace: UserWorkspace = {
    machine,
    packageManager,
    folder: join(machine.folder, NAME),
    outputs: PROJECTS.map((name) => `packages/${name}/dist`),
  };
  switch (origin) {
    case 'nx init':
      await addNx(workspace, nxVersion);
      break;
    case 'create-nx-workspace --preset=npm':
      await createNxWorkspace(workspace, nxVersion, 'npm');
      await makeBuildsCacheable(workspace);
      await writePackages(workspace);
      await runInWorkspace(workspace, packageManager.install);
      break;
    case 'create-nx-workspace --preset=ts':
      await createNxWorkspace(workspace, nxVersion, 'ts');
      await generateLibraries(workspace);
      break;
  }
  return workspace;
}

async function createNxWorkspace(
  { machine, packageManager }: UserWorkspace,
  nxVersion: string,
  preset: 'npm' | 'ts',
): Promise<void> {
  await runInWorkspace({ folder: machine.folder, machine }, [
    ...packageManager.runForeign,
    `create-nx-workspace@${nxVersion}`,
    NAME,
    `--preset=${preset}`,
    `--packageManager=${packageManager.name}`,
    '--nxCloud=skip',
    '--no-interactive',
  ]);
}

/** The libraries of a workspace for TypeScript, by Nx's own generator. */
async function generateLibraries(workspace: UserWorkspace): Promise<void> {
  for (const name of PROJECTS) {
    await runUsersNx(workspace, [
      'g',
      '@nx/js:lib',
      `packages/${name}`,
      '--bundler=tsc',
      '--linter=none',
      '--unitTestRunner=none',
      '--no-interactive',
    ]);
  }
  await runUsersNx(workspace, ['sync']);
}

/** A repository with packages that build, and then Nx. */
async function addNx(workspace: UserWorkspace, nxVersion: string): Promise<void> {
  const { folder, packageManager } = workspace;
  await mkdir(folder);
  await runInWorkspace(workspace, ['git', 'init', '--quiet', '--initial-branch=main']);
  await writeFile(join(folder, '.gitignore'), 'node_modules\ndist\n.yarn\n');
  await writeJson(join(folder, 'package.json'), {
    name: NAME,
    private: true,
    ...packageManager.manifest,
  });
  for (const [name, text] of Object.entries(packageManager.files)) {
    await writeFile(join(folder, name), text);
  }
  await writePackages(workspace);
  await runInWorkspace(workspace, packageManager.install);
  await runInWorkspace(
    workspace,
    [
      ...packageManager.runForeign,
      `nx@${nxVersion}`,
      'init',
      '--no-interactive',
      '--nxCloud=false',
      '--aiAgents=none',
      '--cacheable=build',
    ],
    // Otherwise the newest Nx of the registry does it, whatever version was asked for.
    { NX_USE_LOCAL: 'true' },
  );
}

async function writePackages({ folder, packageManager }: UserWorkspace): Promise<void> {
  for (const name of PROJECTS) {
    const siblings = name === PROJECTS.at(-1) ? PROJECTS.slice(0, -1) : [];
    const root = join(folder, 'packages', name);
    await mkdir(join(root, 'src'), { recursive: true });
    await writeJson(join(root, 'package.json'), {
      name: `@${NAME}/${name}`,
      version: '1.0.0',
      main: 'dist/index.js',
      scripts: { build: 'node build.mjs' },
      dependencies: Object.fromEntries(
        siblings.map((sibling) => [`@${NAME}/${sibling}`, packageManager.siblingRange]),
      ),
    });
    await writeFile(join(root, 'build.mjs'), BUILD_SCRIPT);
    await writeFile(join(root, 'src', 'index.js'), `exports.name = '${name}';\n`);
  }
}

/** What Nx's documentation has users of this preset write. */
async function makeBuildsCacheable({ folder }: UserWorkspace): Promise<void> {
  const file = join(folder, 'nx.json');
  const json = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeJson(file, { ...json, targetDefaults: { build: { cache: true } } });
}
