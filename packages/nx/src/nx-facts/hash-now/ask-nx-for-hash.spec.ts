import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessAlive } from '../../agent/is-process-alive.ts';
import { installNxHasher, type NxHasherModule } from '../../testing/nx-hasher.fixture.ts';
import { enterNxWorkspace } from '../../testing/nx-workspace.fixture.ts';
import { createTestBed, until } from '../../testing/test-bed.fixture.ts';
import { askNxForHash, type AskNxOptions } from './ask-nx-for-hash.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

function enter(exchanged: Partial<Record<NxHasherModule, string>> = {}): string {
  const workspace = enterNxWorkspace(bed, '24.0.6');
  installNxHasher(workspace, exchanged);
  return workspace.root;
}

const ask = (options: Partial<AskNxOptions> = {}) =>
  askNxForHash({
    taskId: 'app:build',
    variables: process.env,
    signal: new AbortController().signal,
    ...options,
  });

const batch = 'hashTasksThatDoNotDependOnOutputsOfOtherTasks';

it('tells the hash that Nx makes, and what it is made of', async () => {
  enter();
  expect(await ask()).toEqual({
    state: 'hashed',
    taskHash: '2',
    inputs: { table: [['app:{projectRoot}/**/*', '20']], byTask: { 2: [0] } },
    isHashedLate: false,
  });
});

it('has Nx work alone in one process, with the variables of the command', async () => {
  enter({
    'hasher/hash-task': `exports.${batch} = async (hasher, graph, { tasks }) => {
      const { NX_DAEMON, NX_ISOLATE_PLUGINS, NX_LOAD_DOT_ENV_FILES, OWN } = process.env;
      tasks['app:build'].hash = [NX_DAEMON, NX_ISOLATE_PLUGINS, NX_LOAD_DOT_ENV_FILES, OWN].join();
    };`,
  });
  const variables = { ...process.env, NX_DAEMON: 'true', OWN: 'own' };
  expect(await ask({ variables })).toMatchObject({ taskHash: 'false,false,true,own' });
});

it('hashes by itself what Nx does not hash before other tasks are done', async () => {
  enter({
    'tasks-runner/task-env': "exports.getTaskSpecificEnv = () => ({ OF_TASK: 'x' });",
    'hasher/hash-task': `exports.${batch} = async () => undefined;
      exports.hashTask = async (hasher, graph, tasks, task, env) => { task.hash = '3' + env.OF_TASK; };`,
  });
  expect(await ask()).toMatchObject({ taskHash: '3x', isHashedLate: true });
});

const graph = 'project-graph/project-graph';
const failing = (code: string) => ({
  [graph]: `exports.createProjectGraphAsync = async () => {${code}};`,
});

it.each<[string, Partial<Record<NxHasherModule, string>>, RegExp]>([
  ['fails', failing("throw new Error('no graph.\\nmore')"), /^no graph$/],
  [
    'fails for a reason that it gathers',
    failing("throw Object.assign(new Error('no graph.'), { errors: [new Error('plugin x')] })"),
    /^no graph: plugin x$/,
  ],
  [
    'fails outside of what was asked',
    failing("setImmediate(() => { throw new Error('late') }); await new Promise(() => {})"),
    /^late$/,
  ],
  ['ends', failing('process.exit(3)'), /^Nx ended with code 3/],
  ['has nothing of it', { 'hasher/hash-task': '' }, /not a function$/],
  ['is another one', { [graph]: "require('gone')" }, /^Cannot find module 'gone'$/],
  ['has no such task', failing('return { nodes: {} }'), /^there is no task app:build now$/],
  [
    'makes no hash',
    { 'hasher/hash-task': `exports.${batch} = exports.hashTask = async () => {};` },
    /no hash/,
  ],
])('tells why when Nx %s', async (_what, exchanged, reason) => {
  enter(exchanged);
  expect(await ask()).toEqual({
    state: 'unknown',
    reason: expect.stringMatching(reason) as string,
  });
});

it('does not mind what Nx prints', async () => {
  enter({
    'config/nx-json': `exports.readNxJson = () => {
      console.log('x'.repeat(1e6));
      console.error('x'.repeat(1e6));
      return {};
    };`,
  });
  expect(await ask()).toMatchObject({ state: 'hashed' });
});

describe('Nx that does not come to an end', () => {
  /** Starts a process and waits for good; the pids of both are in the file. */
  function enterHanging(): () => number[] {
    const root = enter(
      failing(`
        const { pid } = require('node:child_process').spawn('sleep', ['600']);
        require('node:fs').writeFileSync('pids.tmp', JSON.stringify([process.pid, pid]));
        require('node:fs').renameSync('pids.tmp', 'pids');
        setInterval(() => {}, 1000);
        await new Promise(() => {});`),
    );
    const file = join(root, 'pids');
    return () => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as number[]) : []);
  }

  async function expectEnded(pids: readonly number[]): Promise<void> {
    expect(pids).toHaveLength(2);
    await until('nothing of it is left', () => !pids.some(isProcessAlive));
  }

  it('is ended, with what it runs, when somebody wants that', async () => {
    const pids = enterHanging();
    const interrupted = new AbortController();
    const answer = ask({ signal: interrupted.signal });
    await until('it hangs', () => pids().length > 0);
    interrupted.abort();
    expect(await answer).toEqual({ state: 'unknown', reason: 'it was interrupted' });
    await expectEnded(pids());
  });

  it('is ended when its time is over', async () => {
    const pids = enterHanging();
    expect(await ask({ timeoutMs: 2_000 })).toEqual({
      state: 'unknown',
      reason: 'Nx did not answer within 2.0 s',
    });
    await expectEnded(pids());
  });
});

describe('variables in files of the workspace', () => {
  const hashOfVariable = {
    'hasher/hash-task': `exports.${batch} = async (hasher, graph, { tasks }) => {
      tasks['app:build'].hash = process.env.FROM_FILE ?? 'none';
    };`,
  };

  it('count as they do for a command', async () => {
    const root = enter(hashOfVariable);
    writeFileSync(join(root, '.env'), 'FROM_FILE=file\n');
    expect(await ask()).toMatchObject({ taskHash: 'file' });
    expect(await ask({ variables: { ...process.env, FROM_FILE: 'real' } })).toMatchObject({
      taskHash: 'real',
    });
  });
});
