// The servers that are measured, each in a group of its own, with its files in a folder of its own.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  foreignServerInstallation,
  installationFolder,
} from '@larder/e2e/installations/installation';
import { readStartLine, startLarderServer } from '../larder-server/start-larder-server.ts';
import { type MeasuredServer, startMeasuredServer } from '../processes/measured-server.ts';
import { type Target } from './send-requests.ts';

/** A server that is measured, and where it listens. */
export interface ServedSubject {
  readonly server: MeasuredServer;
  readonly target: Target;
}

const TOKEN = 'a-token-of-the-bench';

/** `larder-server` as it is published; it logs warnings only, because the plain one logs nothing. */
export function startLarder(folder: string): Promise<ServedSubject> {
  return startLarderOn(folder, {});
}

/** The same with variables that name other storage; in the folder is what they leave to it. */
export async function startLarderOn(
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<ServedSubject> {
  const server = startMeasuredServer(() =>
    startLarderServer(['--data-dir', folder], { variables }),
  );
  return { server, target: await readStartLine(server.process) };
}

export async function startPlain(folder: string): Promise<ServedSubject> {
  const server = startMeasuredServer(() =>
    fork(join(__dirname, 'plain-server-process.js'), [folder, TOKEN], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    }),
  );
  return { server, target: await readStartLine(server.process) };
}

/** `turborepo-remote-cache` as it comes, which logs each request; its installation must be prepared. */
export async function startForeign(folder: string): Promise<ServedSubject> {
  mkdirSync(folder, { recursive: true });
  const program = join(
    installationFolder(foreignServerInstallation),
    'node_modules',
    'turborepo-remote-cache',
    'dist',
    'cli.js',
  );
  const server = startMeasuredServer(() =>
    spawn(process.execPath, [program], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: '0',
        TURBO_TOKEN: TOKEN,
        STORAGE_PROVIDER: 'local',
        STORAGE_PATH: join(folder, 'artifacts'),
        STORAGE_PATH_USE_TMP_FOLDER: 'false',
      },
    }),
  );
  const url = await readFromOutput(server.process, /listening at (http:\/\/127\.0\.0\.1:\d+)/);
  server.process.stdout?.resume();
  return { server, target: { url, token: TOKEN } };
}

/** nginx with uploads by WebDAV and static files: neither a token nor a digest nor a sync. */
export async function startNginx(folder: string): Promise<ServedSubject> {
  const port = await findFreePort();
  mkdirSync(join(folder, 'files'), { recursive: true });
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, nginxConfig(folder, port));
  const server = startMeasuredServer(() =>
    spawn('nginx', ['-c', config, '-p', folder, '-e', 'stderr'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  await waitUntilAnswered(url);
  return { server, target: { url, token: TOKEN } };
}

function nginxConfig(folder: string, port: number): string {
  return `daemon off;
user root;
worker_processes 1;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  sendfile on;
  client_max_body_size 0;
  client_body_temp_path ${folder}/incomplete;
  keepalive_requests 1000000;
  server {
    listen 127.0.0.1:${port};
    root ${folder}/files;
    dav_methods PUT;
    create_full_put_path on;
  }
}
`;
}

async function readFromOutput({ stdout }: ChildProcess, pattern: RegExp): Promise<string> {
  if (stdout === null) throw new Error('The server has no output.');
  let output = '';
  for (;;) {
    const [chunk] = (await once(stdout, 'data')) as [Buffer];
    output += String(chunk);
    const found = pattern.exec(output)?.[1];
    if (found !== undefined) return found;
  }
}

/** Only for programs that cannot choose one themselves. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}

async function waitUntilAnswered(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer !== null) return;
  }
}
