import { readFile, stat } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import { LarderError } from '../errors/larder-error.ts';
import { messageOf } from '../errors/message-of.ts';

const CHECK_INTERVAL_MS = 60_000;

/** Where certificate and key lie, both in PEM. */
export interface TlsFiles {
  certificateFile: string;
  keyFile: string;
}

/** What a TLS server is started with, and given anew. */
export interface TlsMaterial {
  cert: Buffer;
  key: Buffer;
}

/**
 * Reads certificate (with those between it and its root) and key.
 *
 * @throws LarderError `LARDER_SERVER_TLS_UNUSABLE` when a file cannot be read, is no PEM, or the key
 * is not the certificate's.
 */
export async function readTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  try {
    const [cert, key] = await Promise.all([
      readFile(files.certificateFile),
      readFile(files.keyFile),
    ]);
    // Finds out now what would otherwise fail at the first connection.
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (cause) {
    throw new LarderError(
      'LARDER_SERVER_TLS_UNUSABLE',
      `Cannot use ${files.certificateFile} and ${files.keyFile}: ${messageOf(cause)}`,
      {
        hint: 'Name a certificate and its private key, both in PEM and readable by this user.',
        cause,
      },
    );
  }
}

export interface TlsRenewalOptions {
  files: TlsFiles;
  onRenewed: () => void;
  /** New files that cannot be used: the old ones stay in use, and the new ones are looked at again. */
  onTrouble: (error: unknown) => void;
  intervalMs?: number;
}

/**
 * Looks now and then whether the files have been renewed, as certificates are every few weeks. New
 * connections get what they hold then; open ones go on with what they began with.
 *
 * @returns what ends it.
 */
export function keepTlsRenewed(server: Server, options: TlsRenewalOptions): () => void {
  const { files, onRenewed, onTrouble, intervalMs = CHECK_INTERVAL_MS } = options;
  let known: string | null = null;

  async function check(): Promise<void> {
    const current = await versionOf(files);
    if (known !== null && current !== known) {
      server.setSecureContext(await readTlsFiles(files));
      onRenewed();
    }
    known = current;
  }

  void check().catch(onTrouble);
  const timer = setInterval(() => void check().catch(onTrouble), intervalMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

async function versionOf({ certificateFile, keyFile }: TlsFiles): Promise<string> {
  const stats = await Promise.all([stat(certificateFile), stat(keyFile)]);
  return stats.map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`).join(', ');
}
