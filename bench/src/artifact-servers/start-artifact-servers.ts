import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface StartedServer {
  readonly port: number;
  end(): void;
}

/** Servers that do as little as they can, so that what is measured is the client. */
export interface ArtifactServers {
  /** Of the one that takes whatever comes and gives the artifact. */
  readonly port: number;
  /** Of the one that sends everybody there. */
  readonly redirectingPort: number;
  end(): void;
}

/** Fills `file` with random content, which is the artifact. */
export async function startArtifactServers({
  file,
  sizeBytes,
}: {
  file: string;
  sizeBytes: number;
}): Promise<ArtifactServers> {
  await writeFile(file, randomBytes(sizeBytes));
  const plain = await startPlainServer(file);
  const redirecting = await startServer('redirecting-process.js', [
    `http://127.0.0.1:${plain.port}`,
  ]);
  return {
    port: plain.port,
    redirectingPort: redirecting.port,
    end() {
      plain.end();
      redirecting.end();
    },
  };
}

/** Takes whatever comes, and gives the content of `file`. */
export async function startPlainServer(file: string): Promise<StartedServer> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) digest.update(chunk);
  return startServer('plain-process.js', [file, `sha256-${digest.digest('base64')}`]);
}

async function startServer(file: string, args: readonly string[]): Promise<StartedServer> {
  const server = fork(join(__dirname, file), [...args]);
  const [port] = (await once(server, 'message')) as [number];
  return { port, end: () => void server.kill() };
}
