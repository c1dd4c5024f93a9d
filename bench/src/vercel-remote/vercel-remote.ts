// Vercel's own client of the artifacts API, as it is published. Its client has a fixed address; the
// requests that it is made of take one.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  installationFolder,
  vercelClientsInstallation,
} from '@larder/e2e/installations/installation';

type RequestClass<R> = new (token: string, url: string, userAgent: string) => R;

/** What is measured of the package. */
export interface VercelRemote {
  readonly ArtifactPutRequest: RequestClass<{
    stream(artifact: Readable): Promise<void>;
    buffer(artifact: Buffer): Promise<void>;
  }>;
  readonly ArtifactGetRequest: RequestClass<{
    stream(): Promise<Readable>;
    buffer(): Promise<Buffer>;
  }>;
  readonly ArtifactExistsRequest: RequestClass<{ send(): Promise<boolean> }>;
}

/** Its installation must be prepared. */
export function loadVercelRemote(): VercelRemote {
  return requireInstalled('@vercel/remote') as VercelRemote;
}

/** Of the package and of what it sends requests with, by name. */
export function readVercelRemoteVersions(): Readonly<Record<string, string>> {
  const versionOf = (name: string) =>
    (requireInstalled(`${name}/package.json`) as { version: string }).version;
  return Object.fromEntries(
    ['@vercel/remote', 'node-fetch'].map((name) => [name, versionOf(name)]),
  );
}

const requireInstalled = createRequire(
  join(installationFolder(vercelClientsInstallation), 'package.json'),
);
