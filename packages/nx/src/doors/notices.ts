import type { ResolvedOptions } from '../options/larder-options.ts';

/** What the user should hear before the tasks run: one line for each thing, none when all is well. */
export function noticesOf(options: ResolvedOptions): string[] {
  const notices = options.warnings.map((warning) => `Larder: ${warning}`);
  // Secrets that never arrive are the usual reason for a cache that quietly does nothing.
  if (options.token === null && options.mode !== 'off') {
    notices.push(
      'Larder: the remote cache is not used, because there is no token. Set LARDER_TOKEN, or set LARDER_MODE=off to turn this line off.',
    );
  }
  return notices;
}
