import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand, runCommandOrThrow } from '../processes/run-command.ts';
import { startProcess, type RunningProcess } from '../processes/start-process.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { findFreePorts } from './find-free-ports.ts';
import { findPostgres } from './find-postgres.ts';

/** A PostgreSQL of our own in a temporary folder, on loopback. It is gone when its owner ends. */
export interface PostgresServer {
  /** With its superuser and the database `postgres`; the same for as long as there is the folder. */
  readonly url: string;
  /** Of the process that starts one for each connection; 0 while there is none. */
  readonly pid: () => number;
  readonly start: () => Promise<void>;
  /** Ends it in good order, and all connections with it. */
  readonly stop: () => Promise<void>;
  /** Ends it as a power cut would. */
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  /** Ends it, wherever it is, and removes its folder. */
  readonly remove: () => Promise<void>;
}

const SUPERUSER = 'larder';

/** PostgreSQL refuses to be run by root; Debian makes this user for it. */
const DEBIAN_USER = 'postgres';

/** What it says when it can be asked. */
const READY = 'database system is ready to accept connections';

/** Makes the folder, and starts the server in it. */
export async function startPostgresServer(
  env: Readonly<Record<string, string>>,
): Promise<PostgresServer> {
  const programs = await findPostgres(env);
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'larder-postgres-'));
  const data = join(folder, 'data');
  const password = randomBytes(16).toString('hex');
  const user = await findUser(env);
  const asUser =
    user === null ? [] : [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const [port = 0] = await findFreePorts(1);
  let running: RunningProcess<true> | null = null;

  /** The signal comes when this process is gone, however it ended. */
  const setpriv = (program: string, args: readonly string[]) => [
    ...asUser,
    '--pdeathsig=INT',
    join(programs, program),
    ...args,
  ];

  async function initialize(): Promise<void> {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user !== null) {
      for (const path of [folder, passwordFile]) await chown(path, user.uid, user.gid);
    }
    await runCommandOrThrow(
      'setpriv',
      setpriv('initdb', [
        ...['--pgdata', data, '--username', SUPERUSER, '--pwfile', passwordFile],
        ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C.UTF-8'],
      ]),
      { cwd: folder, env },
    );
  }

  async function start(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: '',
      max_connections: 200,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    running = await startProcess('setpriv', setpriv('postgres', ['-D', data, ...args]), {
      cwd: folder,
      env,
      parseReady: (output) => (output.includes(READY) ? true : null),
    });
  }

  async function end(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    const ending = running;
    running = null;
    await ending?.end(signal);
  }

  const kill = async (): Promise<void> => {
    await end('SIGKILL');
    // Its children find out that it is gone, and until then nobody can take its place.
    await waitUntil('nobody has the database open', async () => {
      const { exitCode } = await runCommand(
        'setpriv',
        setpriv('postgres', ['--single', '-D', data, 'postgres']),
        { cwd: folder, env },
      );
      return exitCode === 0;
    });
  };

  const remove = async (): Promise<void> => {
    await end('SIGINT');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };

  try {
    await initialize();
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`,
    pid: () => running?.pid ?? 0,
    start,
    stop: () => end('SIGINT'),
    kill,
    async restart() {
      await end('SIGINT');
      await start();
    },
    remove,
  };
}

/** Null where this user may run it. */
async function findUser(
  env: Readonly<Record<string, string>>,
): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  const idOf = async (option: string) => {
    const { stdout } = await runCommandOrThrow('id', [option, DEBIAN_USER], { cwd: '/', env });
    return Number(stdout);
  };
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}
