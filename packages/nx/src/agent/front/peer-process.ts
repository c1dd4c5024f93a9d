import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Socket } from 'node:net';

/**
 * The process at the other end of a connection on this machine, or null when the system does not tell.
 * Only Linux does, in `/proc` (see proc_net(5) and proc_pid_fd(5)).
 *
 * @param likely - A process that is asked first, because asking all of them takes a while.
 */
export async function findPeerProcess(socket: Socket, likely: number): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  const inode = await peerInode(socket).catch(() => null);
  if (inode === null) return null;
  if (await holdsSocket(likely, inode)) return likely;
  for (const name of await readdir('/proc')) {
    if (/^\d+$/.test(name) && (await holdsSocket(Number(name), inode))) return Number(name);
  }
  return null;
}

/** The inode of the peer's end: the table has a line for each end. */
async function peerInode({ localPort = 0, remotePort = 0 }: Socket): Promise<string | null> {
  const table = await readFile('/proc/net/tcp', 'utf8');
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', remote = '', , , , , , , inode] = line.trim().split(/\s+/);
    if (portOf(local) === remotePort && portOf(remote) === localPort) return inode ?? null;
  }
  return null;
}

/** Addresses look like `0100007F:1F90`. */
function portOf(address: string): number {
  return Number.parseInt(address.slice(address.indexOf(':') + 1), 16);
}

/** False also for processes of others, whose files this user may not see. */
async function holdsSocket(pid: number, inode: string): Promise<boolean> {
  const folder = `/proc/${String(pid)}/fd`;
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(
    files.map((file) => readlink(`${folder}/${file}`).catch(() => null)),
  );
  return targets.includes(`socket:[${inode}]`);
}
