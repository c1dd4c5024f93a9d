import { createHash } from 'node:crypto';
import { pluginError } from '../errors/plugin-error.ts';

/**
 * What the bytes of an artifact are. `tar.br`: Larder's own archive of a cache entry (runner door);
 * `nx.tar.gz`: the body that Nx's HTTP cache client sends (hooks door).
 */
export type ArtifactFormat = 'tar.br' | 'nx.tar.gz';

export interface ArtifactIdentity {
  readonly format: ArtifactFormat;
  /** Separates repositories that share a team; may be empty, holds no line break. */
  readonly namespace: string;
  /** Nx's hash of the task. */
  readonly taskHash: string;
}

/** Version of the derivation: a change of formats that old clients must not read changes it. */
const derivation = 'larder-artifact\n1';

/** A task hash also names a folder of Nx's cache, which "." and ".." do not. */
const taskHashPattern = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/;

/** Whether an artifact can be named after this; everything that Nx's own hasher returns can. */
export function isTaskHash(text: string): boolean {
  return taskHashPattern.test(text);
}

/**
 * The hash that names an artifact on the wire: SHA-256, in lower-case hex, of derivation, format,
 * namespace and task hash joined by line feeds. Formats, repositories and other tools in the same
 * team can therefore never collide.
 *
 * @throws LarderError `LARDER_IDENTITY_INVALID_TASK_HASH`, `LARDER_IDENTITY_INVALID_NAMESPACE`:
 * a line break in either would make two identities alike.
 */
export function artifactHash({ format, namespace, taskHash }: ArtifactIdentity): string {
  if (!isTaskHash(taskHash)) {
    throw pluginError(
      'LARDER_IDENTITY_INVALID_TASK_HASH',
      `The task hash ${JSON.stringify(taskHash.slice(0, 128))} cannot name an artifact`,
      {
        hint: 'Make the custom hasher return 1 to 128 letters, digits, dots, dashes or underscores.',
      },
    );
  }
  if (/[\r\n]/.test(namespace)) {
    throw pluginError(
      'LARDER_IDENTITY_INVALID_NAMESPACE',
      `The namespace ${JSON.stringify(namespace)} contains a line break`,
      { hint: 'Set the option "namespace" or LARDER_NAMESPACE to a text of one line.' },
    );
  }
  return createHash('sha256')
    .update([derivation, format, namespace, taskHash].join('\n'), 'utf8')
    .digest('hex');
}
