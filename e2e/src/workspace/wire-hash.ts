import { createHash } from 'node:crypto';

/** How an artifact is packed, which is part of its name on the wire. */
export type ArtifactFormat = 'tar.br' | 'nx.tar.gz';

/**
 * The hash under which the plugin keeps a task's artifact on the server, computed here once more
 * from its documented definition, so that a change of it shows.
 */
export function wireHash(format: ArtifactFormat, taskHash: string, namespace = ''): string {
  const name = ['larder-artifact', '1', format, namespace, taskHash].join('\n');
  return createHash('sha256').update(name, 'utf8').digest('hex');
}
