import type { ResolvedOptions } from '../../options/larder-options.ts';
import { toTrouble } from '../../report/trouble.ts';
import { connect } from '../server/connection.ts';

/**
 * Whether the server has an artifact now. `elsewhere`: the command asked another server than the one
 * that is configured now. `unknown`: it cannot be asked.
 */
export type Presence =
  | { readonly state: 'present' | 'absent' | 'elsewhere' }
  | { readonly state: 'unknown'; readonly code: string | null };

/** Asks without fetching anything. Never rejects. */
export async function askPresence(
  options: ResolvedOptions,
  { url, artifactHash }: { readonly url: string; readonly artifactHash: string },
): Promise<Presence> {
  if (options.url !== url) return { state: 'elsewhere' };
  try {
    const connection = await connect(options);
    if (connection === null) return { state: 'unknown', code: null };
    try {
      const found = await connection.client.head(artifactHash, { retries: 0 });
      return { state: found === null ? 'absent' : 'present' };
    } finally {
      await connection.close();
    }
  } catch (error) {
    return { state: 'unknown', code: toTrouble(error).code };
  }
}
