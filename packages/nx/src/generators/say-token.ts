import type { NxJson } from '../nx-facts/nx-contexts.ts';
import { larderOptionsIn } from './larder-options-in.ts';

/** What is left to do when nx.json is ready; names no address, which could hold a password. */
export function sayToken(nxJson: NxJson): string {
  const hasAddress = larderOptionsIn(nxJson).url !== undefined;
  const address = hasAddress
    ? ''
    : ' and LARDER_URL to its address (without one, the server is Vercel)';
  return `Larder: where commands run, set LARDER_TOKEN to a token of your server${address}. Then build.`;
}
