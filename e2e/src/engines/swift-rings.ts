import { runCommandOrThrow } from '../processes/run-command.ts';
import { SWIFT_SERVER_KINDS, type SwiftConfiguration } from './swift-configuration.ts';

/** Far more partitions than nodes, and few enough to be written in a moment. */
const PART_POWER = 6;

/** Swift's own command would start Python anew for each node of each ring. */
const SCRIPT = `
import json, sys
from swift.common.ring import RingBuilder
for kind, ports in json.loads(sys.argv[1]).items():
    builder = RingBuilder(${PART_POWER}, len(ports), 0)
    for zone, port in enumerate(ports, 1):
        builder.add_dev({
            'region': 1, 'zone': zone, 'device': 'disk', 'weight': 100, 'meta': '',
            'ip': '127.0.0.1', 'port': port,
            'replication_ip': '127.0.0.1', 'replication_port': port,
        })
    builder.rebalance()
    builder.get_ring().save(kind + '.ring.gz')
`;

/** Writes which nodes have what: everything, all of them. */
export async function buildSwiftRings(
  { folder, ports }: SwiftConfiguration,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const portsOf = Object.fromEntries(
    SWIFT_SERVER_KINDS.map((kind) => [kind, ports.servers.map((servers) => servers[kind])]),
  );
  // Debian's Python, which has Debian's packages.
  const args = ['-c', SCRIPT, JSON.stringify(portsOf)];
  await runCommandOrThrow('/usr/bin/python3', args, { cwd: folder, env });
}
