import { BlockList, isIP } from 'node:net';
import { LarderError } from '../errors/larder-error.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Nobody outside of this machine may reach a server whose only token lies in its data folder and
 * is printed at its start.
 *
 * @throws LarderError `LARDER_SERVER_HOST_NEEDS_TOKENS`
 */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new LarderError(
    'LARDER_SERVER_HOST_NEEDS_TOKENS',
    `Without configured tokens the server listens on loopback addresses only, not on "${host}".`,
    { hint: 'Configure tokens (LARDER_SERVER_TOKENS or the config file) or leave --host out.' },
  );
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
