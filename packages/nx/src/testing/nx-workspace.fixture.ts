import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestBed } from './test-bed.fixture.ts';

/** Nx's default runner as a test plays it. */
export type PlayedRunner = (
  tasks: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  context: unknown,
) => unknown;

declare global {
  // Called by the stand-in for Nx's default runner.
  var playNxRunner: PlayedRunner | undefined;
}

export interface NxWorkspace {
  readonly root: string;
  /** Where its Nx keeps its cache. */
  readonly cacheDirectory: string;
}

/**
 * A workspace with a stand-in for Nx of the given version: the modules of Nx that the plugin loads
 * by their path. It is the working folder until the test ends.
 */
export function enterNxWorkspace(bed: TestBed, version: string): NxWorkspace {
  const root = realpathSync(bed.makeFolder());
  const cacheDirectory = join(root, '.nx', 'cache');
  const modules = {
    'package.json': JSON.stringify({ name: 'nx', version }),
    'tasks-runners/default.js': 'exports.default = (...args) => globalThis.playNxRunner(...args);',
    'src/tasks-runner/cache.js':
      "exports.dbCacheEnabled = () => process.env.NX_DB_CACHE !== 'false';",
    'src/utils/workspace-root.js': `exports.workspaceRoot = ${JSON.stringify(root)};`,
    'src/utils/cache-directory.js': `exports.cacheDir = ${JSON.stringify(cacheDirectory)};`,
  };
  for (const [name, content] of Object.entries(modules)) {
    const file = join(root, 'node_modules', 'nx', name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, content);
  }
  mkdirSync(join(cacheDirectory, 'terminalOutputs'), { recursive: true });
  const before = process.cwd();
  process.chdir(root);
  bed.onCleanUp(() => {
    process.chdir(before);
    globalThis.playNxRunner = undefined;
  });
  return { root, cacheDirectory };
}

/** Puts a package where Nx looks for caches; `ownName` is what its manifest says. */
export function installCachePackage(
  { root }: Pick<NxWorkspace, 'root'>,
  name: string,
  ownName = name,
): void {
  const folder = join(root, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: ownName }));
  writeFileSync(join(folder, 'index.js'), '');
}

/** Sets variables until the test ends; what other tools and CI services may have set is gone. */
export function setEnvironment(bed: TestBed, variables: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  const foreign =
    /^(LARDER|NX|TURBO|VERCEL|ACTIONS_ID_TOKEN)_|^(CI|GITHUB_ACTIONS|GITHUB_STEP_SUMMARY|.*_proxy|BUILDKITE|CIRCLECI|DRONE|GITLAB_CI|TF_BUILD|TRAVIS)$/i;
  for (const name of Object.keys(process.env)) {
    if (foreign.test(name)) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, variables);
  bed.onCleanUp(() => {
    for (const name of Object.keys(process.env)) {
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, before);
  });
}

/** The lines that are printed until the test ends. */
export function capturePrints(bed: TestBed): string[] {
  const lines: string[] = [];
  const spy = jest.spyOn(console, 'log').mockImplementation((line: unknown) => {
    lines.push(String(line));
  });
  bed.onCleanUp(() => {
    spy.mockRestore();
  });
  return lines;
}
