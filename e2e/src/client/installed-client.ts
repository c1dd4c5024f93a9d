import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Readable } from 'node:stream';

import { clientInstallation, installationFolder } from '../installations/installation.ts';

export interface ArtifactMetadata {
  readonly sizeBytes: number | null;
  readonly durationMs: number;
  readonly tag: string | null;
  readonly sha: string | null;
  readonly dirtyHash: string | null;
}

/** What the specs use of a client of `@larder/client`. */
export interface Client {
  put(hash: string, body: unknown, options?: Readonly<Record<string, unknown>>): Promise<void>;
  get(hash: string): Promise<{ metadata: ArtifactMetadata; body: Readable } | null>;
  getToFile(hash: string, file: string): Promise<ArtifactMetadata | null>;
  head(hash: string): Promise<ArtifactMetadata | null>;
  query(hashes: Iterable<string>): Promise<Map<string, ArtifactMetadata | Error | null>>;
  status(): Promise<string>;
  recordEvents(sessionId: string, events: readonly object[]): Promise<void>;
  deleteAll(): Promise<number>;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly url: string;
  readonly token: string;
  readonly teamId?: string;
  readonly slug?: string;
  readonly signatureKey?: string;
}

/** What the specs use of the package `@larder/client`. */
export interface ClientPackage {
  readonly createArtifactsClient: (options: ClientOptions) => Client;
  readonly bufferBody: (content: Uint8Array) => unknown;
  readonly fileBody: (file: string, sizeBytes: number) => unknown;
}

/**
 * Loads the package from the installation's folder, never its sources: by the file that its
 * manifest names, because jest here resolves packages by a condition that means sources.
 */
export function loadInstalledClient(): ClientPackage {
  const folder = join(installationFolder(clientInstallation), 'node_modules', '@larder', 'client');
  const load = createRequire(join(folder, 'package.json'));
  const { main } = load('./package.json') as { main: string };
  return load(join(folder, main)) as ClientPackage;
}
