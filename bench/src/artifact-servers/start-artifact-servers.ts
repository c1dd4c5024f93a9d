import { type ChildProcess, fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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
  const content = randomBytes(sizeBytes);
  const tag = `sha256-${createHash('sha256').update(content).digest('base64')}`;
  await writeFile(file, content);
  const plain = await startServer('plain-process.js', [file, tag]);
  const redirecting = await startServer('redirecting-process.js', [
    `http://127.0.0.1:${plain.port}`,
  ]);
  return {
    port: plain.port,
    redirectingPort: redirecting.port,
    end() {
      plain.server.kill();
      redirecting.server.kill();
    },
  };
}

async function startServer(
  file: string,
  args: readonly string[],
): Promise<{ server: ChildProcess; port: number }> {
  const server = fork(join(__dirname, file), [...args]);
  const [port] = (await once(server, 'message')) as [number];
  return { server, port };
}
