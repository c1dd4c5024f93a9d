// Does to the plugin and its agent what Nx does to them: the hooks, and its HTTP client's requests.
// Only that, so that it takes little itself; what it takes is told.
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serveTasks } from '../processes/serve-tasks.ts';

export interface DriverTask {
  /** With Nx and the plugin installed. */
  readonly installation: string;
  readonly workspaceRoot: string;
  /** No two builds of one server have the same. */
  readonly build: number;
  readonly tasks: number;
}

export interface DriverReport {
  /** Of this process alone. */
  readonly cpuMs: number;
}

/** The plugin, as Nx sees it. */
interface Plugin {
  readonly preTasksExecution: Hook;
  readonly postTasksExecution: Hook;
}
type Hook = (options: object, context: object) => Promise<void>;

/** As many tasks as Nx runs at once. */
const PARALLEL = 3;
/** Nx asks for all tasks that are ready at once; this many are ready at a time. */
const READY = 500;
const BODY_BYTES = 4000;

/** Builds once with nothing in the cache and once with everything. */
async function drive(task: DriverTask): Promise<DriverReport> {
  const before = process.cpuUsage();
  process.chdir(task.installation);
  const load = createRequire(join(task.installation, 'package.json'));
  const plugin = load('@larder/nx') as Plugin;
  const hashes = Array.from(
    { length: task.tasks },
    (_, index) => `${10_000 + task.build}${String(index).padStart(13, '0')}`,
  );
  for (const expected of ['miss', 'hit'] as const) {
    await buildOnce(plugin, { ...task, hashes, expected });
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000 };
}

interface BuildOptions extends DriverTask {
  readonly hashes: readonly string[];
  readonly expected: 'miss' | 'hit';
}

async function buildOnce(plugin: Plugin, options: BuildOptions): Promise<void> {
  const { workspaceRoot, build, hashes, expected } = options;
  const context = {
    id: `${build} ${expected}`,
    workspaceRoot,
    nxJsonConfiguration: {},
    argv: [process.execPath, 'nx', 'run-many', '-t', 'build'],
  };
  await plugin.preTasksExecution({}, context);
  const agent = new Agent({ keepAlive: true, maxSockets: READY });
  try {
    const status = expected === 'hit' ? 200 : 404;
    await inParallel(hashes, READY, (hash) => ask(agent, 'GET', hash, status));
    if (expected === 'miss') {
      await inParallel(hashes, PARALLEL, (hash) => ask(agent, 'PUT', hash, 200));
    }
  } finally {
    agent.destroy();
  }
  const startTime = Date.now();
  const taskResults = hashes.map((hash) => {
    const task = { id: hash, hash, startTime, endTime: startTime + 10 };
    return [hash, { task, status: 'success', code: 0, terminalOutput: '' }] as const;
  });
  const results = Object.fromEntries(taskResults);
  await plugin.postTasksExecution({}, { ...context, taskResults: results });
}

async function inParallel(
  items: readonly string[],
  count: number,
  act: (item: string) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const work = async () => {
    for (const item of rest) await act(item);
  };
  await Promise.all(Array.from({ length: count }, work));
}

function ask(agent: Agent, method: 'GET' | 'PUT', hash: string, expected: number): Promise<void> {
  const {
    NX_SELF_HOSTED_REMOTE_CACHE_SERVER: url,
    NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: token,
  } = process.env;
  const body = method === 'PUT' ? Buffer.alloc(BODY_BYTES, `${hash} `) : null;
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url ?? ''}/v1/cache/${hash}`,
      {
        method,
        agent,
        headers: {
          authorization: `Bearer ${token ?? ''}`,
          ...(body === null ? {} : { 'content-length': body.length }),
        },
      },
      (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === expected) resolve();
          else reject(new Error(`${method} ${hash}: ${String(response.statusCode)}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}

// What the plugin tells people is not meant for whoever runs the bench.
console.log = () => undefined;
serveTasks(drive);
