import { createHash } from 'node:crypto';
import type { ResolvedOptions } from './larder-options.ts';

/** The same for all commands with one token, or of one CI job, and for no others. Tells no secret. */
export function credentialName({
  token,
  identity,
}: Pick<ResolvedOptions, 'token' | 'identity'>): string {
  return createHash('sha256')
    .update(JSON.stringify([token, identity]))
    .digest('hex');
}
