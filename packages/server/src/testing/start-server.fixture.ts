// A real server over a real folder, for the tests of everything that speaks HTTP.
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type LarderServer } from '../create-server.ts';
import type { ServerOptions } from '../options/server-options.ts';

export interface RunningServer {
  server: LarderServer;
  url: string;
  host: string;
  port: number;
  dataDirectory: string;
  /** A header that lets one in. */
  authorization: string;
  /** `fetch` of a path with the server's own token, unless another one is given. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export const TEST_TOKEN = 'test-token-read-write';

/** Starts a server on a free port with one read-write token; the caller closes it. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const dataDirectory = options.dataDirectory ?? (await createTemporaryFolder());
  const server = await createServer({
    port: 0,
    logLevel: 'silent',
    tokens: [{ token: TEST_TOKEN, access: 'read-write', label: 'tester' }],
    ...options,
    dataDirectory,
  });
  const url = await server.listen();
  const { hostname, port } = new URL(url);
  const authorization = `Bearer ${server.token ?? TEST_TOKEN}`;
  return {
    server,
    url,
    host: hostname,
    port: Number(port),
    dataDirectory,
    authorization,
    fetch: (path, init = {}) =>
      fetch(url + path, { ...init, headers: { authorization, ...(init.headers as object) } }),
  };
}

const temporaryFolders: string[] = [];

export async function createTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'larder-server-'));
  temporaryFolders.push(folder);
  return folder;
}

/** For `afterAll`, once every server is closed. */
export async function removeTemporaryFolders(): Promise<void> {
  await Promise.all(
    temporaryFolders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })),
  );
}

/** Files below the folders for complete and for unfinished artifacts, relative and sorted. */
export async function listStoredFiles(dataDirectory: string): Promise<string[]> {
  const lists = await Promise.all(
    ['blobs', 'uploads'].map(async (folder) => {
      const entries = await readdir(join(dataDirectory, folder), {
        recursive: true,
        withFileTypes: true,
      });
      return entries.filter((entry) => entry.isFile()).map((entry) => `${folder}/${entry.name}`);
    }),
  );
  return lists.flat().sort();
}

/** How many files of artifacts, complete or not, this process has open. Linux only. */
export async function countOpenArtifacts(dataDirectory: string): Promise<number> {
  const descriptors = await readdir('/proc/self/fd');
  // The one that lists the folder is gone by now, as others may be.
  const paths = await Promise.all(
    descriptors.map((descriptor) => readlink(`/proc/self/fd/${descriptor}`).catch(() => '')),
  );
  const folders = ['blobs', 'uploads'].map((folder) => join(dataDirectory, folder, '/'));
  return paths.filter((path) => folders.some((folder) => path.startsWith(folder))).length;
}
