import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { id as ciVendor } from 'ci-info';
import { type ClientEnvironment } from './client-options.ts';

// The one place of this package that looks at the process it runs in.

const STANDARD_OUTPUT = 1;

/** What the running process says about itself, except for what `overrides` says instead. */
export function readEnvironment(overrides: ClientEnvironment = {}): Required<ClientEnvironment> {
  const {
    clientCi = ciVendor ?? null,
    isInteractive = isatty(STANDARD_OUTPUT),
    httpProxy = readVariable('http_proxy'),
    httpsProxy = readVariable('https_proxy') ?? httpProxy,
    noProxy = readVariable('no_proxy'),
  } = overrides;
  return { clientCi, isInteractive, httpProxy, httpsProxy, noProxy };
}

/** The variable in lower case or, for want of that, in upper case; null when both are empty. */
function readVariable(name: string): string | null {
  const values = [process.env[name], process.env[name.toUpperCase()]];
  return values.find((value) => value !== undefined && value !== '') ?? null;
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
