import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { id as ciVendor } from 'ci-info';
import { type ClientEnvironment } from './client-options.ts';

// The one place of this package that looks at the process it runs in.

const STANDARD_OUTPUT = 1;

/** What the running process says about itself, except for what `overrides` says instead. */
export function readEnvironment(overrides: ClientEnvironment = {}): Required<ClientEnvironment> {
  return {
    clientCi: overrides.clientCi === undefined ? (ciVendor ?? null) : overrides.clientCi,
    isInteractive: overrides.isInteractive ?? isatty(STANDARD_OUTPUT),
  };
}

/** `<product> larder-client/<version> node/<version>`. */
export function buildUserAgent(product: string | undefined): string {
  const own = `larder-client/${readOwnVersion()} node/${process.versions.node}`;
  return product === undefined ? own : `${product} ${own}`;
}

function readOwnVersion(): string {
  // One folder up from both src/ and dist/.
  const manifest = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
