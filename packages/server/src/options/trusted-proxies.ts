import { isIP } from 'node:net';

/** Names for networks that Fastify, by way of proxy-addr, knows. */
const NETWORK_NAMES: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

const MAX_PREFIX_BITS = { 4: 32, 6: 128 } as const;

/** Whether a text names an address or a network of reverse proxies. */
export function isProxyNetwork(text: string): boolean {
  if (NETWORK_NAMES.includes(text)) return true;
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || rest.length > 0) return false;
  return (
    prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= MAX_PREFIX_BITS[family])
  );
}
