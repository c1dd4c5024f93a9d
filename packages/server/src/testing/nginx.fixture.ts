// A real nginx with the configuration of deploy/docker/nginx.conf, in front of servers of this machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createTemporaryFolder } from './start-server.fixture.ts';

const CONFIGURATION = join(__dirname, '../../../../deploy/docker/nginx.conf');

/** Where Debian has it. */
const PROGRAM = process.env.LARDER_TEST_NGINX ?? '/usr/sbin/nginx';

const STARTS_WITHIN_MS = 10_000;

export interface RunningNginx {
  host: string;
  port: number;
  stop(): Promise<void>;
}

/** Starts nginx on a free port; only addresses, files and the look-up of names differ from the file. */
export async function startNginx(servers: readonly { port: number }[]): Promise<RunningNginx> {
  const folder = await createTemporaryFolder();
  await mkdir(join(folder, 'body'));
  const port = await findFreePort();
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configurationFor(servers, { folder, port }));
  const child = spawn(PROGRAM, ['-p', folder, '-c', file, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = once(child, 'exit');
  const endedEarly = ended.then((): never => {
    throw new Error(`nginx has ended: ${output}`);
  });
  endedEarly.catch(() => undefined);
  await Promise.race([untilItListens(port), endedEarly]);
  return {
    host: '127.0.0.1',
    port,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function configurationFor(
  servers: readonly { port: number }[],
  { folder, port }: { folder: string; port: number },
): string {
  const replacements: [string | RegExp, string][] = [
    ['listen 8080 backlog=4096;', `listen 127.0.0.1:${port} backlog=4096;`],
    [
      /server larder:5277 resolve (.*);/,
      servers.map((server) => `server 127.0.0.1:${server.port} $1;`).join('\n'),
    ],
    ['resolver 127.0.0.11 valid=5s;', `client_body_temp_path ${join(folder, 'body')};`],
  ];
  return replacements.reduce(
    (text, [from, to]) => {
      const replaced = text.replace(from, to);
      if (replaced === text) throw new Error(`deploy/docker/nginx.conf has no ${String(from)}.`);
      return replaced;
    },
    `daemon off;\npid ${join(folder, 'pid')};\n${readFileSync(CONFIGURATION, 'utf8')}`,
  );
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilItListens(port: number): Promise<void> {
  const deadline = performance.now() + STARTS_WITHIN_MS;
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port });
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    } finally {
      socket.destroy();
    }
  }
}
