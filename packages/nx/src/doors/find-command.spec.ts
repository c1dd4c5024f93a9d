import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestBed } from '../testing/test-bed.fixture.ts';
import { findCommand } from './find-command.ts';

const bed = createTestBed();
let workspaceRoot: string;
let script: string;

beforeEach(() => {
  workspaceRoot = realpathSync(bed.makeFolder());
  script = join(workspaceRoot, 'nx.js');
  writeFileSync(script, 'console.log("started"); setInterval(() => {}, 1000);');
});
afterEach(() => bed.cleanUp());

interface StartOptions {
  readonly nodeOptions?: readonly string[];
  readonly cwd?: string;
  readonly scriptArgument?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts something that looks like an Nx command. */
async function start(
  args: readonly string[],
  { nodeOptions = [], cwd = workspaceRoot, scriptArgument = script, env = {} }: StartOptions = {},
): Promise<number | undefined> {
  const child = spawn(process.execPath, [...nodeOptions, scriptArgument, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  bed.onCleanUp(async () => {
    const ended = once(child, 'exit');
    if (child.kill('SIGKILL')) await ended;
  });
  await once(child.stdout, 'data');
  return child.pid;
}

function find(args: readonly string[]) {
  return findCommand({ argv: [process.execPath, script, ...args], workspaceRoot });
}

const canTell = process.platform === 'linux';

describe('the command of a hook', () => {
  it('is the one with its arguments, with the environment that it was started with', async () => {
    const env = { LARDER_TOKEN: 'a=b', EMPTY: '', NAME: 'größer\nals 1' };
    await start(['build', 'b'], { env: { LARDER_TOKEN: 'of another one' } });
    const pid = await start(['build', 'a'], { env });
    expect(await find(['build', 'a'])).toEqual(canTell ? { pid, environment: env } : null);
  });

  it.each<[string, readonly string[]]>([
    ['without arguments', []],
    ['with an empty argument', ['build', '']],
  ])('is found %s', async (_what, args) => {
    const pid = await start(args);
    expect((await find(args))?.pid).toBe(canTell ? pid : undefined);
  });

  it('is found when Node got options of its own, and in a folder of the workspace', async () => {
    const cwd = join(workspaceRoot, 'libs');
    mkdirSync(cwd);
    const pid = await start(['build'], {
      nodeOptions: ['--no-warnings'],
      cwd,
      scriptArgument: '../nx.js',
    });
    expect((await find(['build']))?.pid).toBe(canTell ? pid : undefined);
  });

  it.each([
    ['more', ['build', 'a', '--verbose']],
    ['fewer', ['build']],
    ['other', ['build', 'b']],
  ])('is none with %s arguments', async (_what, args) => {
    await start(['build', 'a']);
    expect(await find(args)).toBeNull();
  });

  it('is none of another workspace', async () => {
    await start(['build'], { cwd: bed.makeFolder() });
    expect(await find(['build'])).toBeNull();
  });

  it('is unknown when there are two of the same', async () => {
    await start(['build']);
    await start(['build']);
    expect(await find(['build'])).toBeNull();
  });

  it('is unknown to a version of Nx that does not tell its arguments', async () => {
    expect(await findCommand({ argv: undefined, workspaceRoot })).toBeNull();
  });
});
