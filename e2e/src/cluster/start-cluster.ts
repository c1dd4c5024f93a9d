import { type Engines } from '../engines/start-engines.ts';
import { type Machine } from '../machines/create-machine.ts';
import { type CleanupStack } from '../processes/cleanup-stack.ts';
import { startLoadBalancer } from './load-balancer.ts';
import { type Replica, startReplica } from './start-replica.ts';

/** Servers with nothing but a bucket and a database between them, behind one address. */
export interface Cluster extends Pick<Engines, 'swift' | 'postgres'> {
  /** What names its storage to a server, or a command of one. */
  readonly variables: Readonly<Record<string, string>>;
  /** The load balancer. */
  readonly url: string;
  /** Those that run now, in no order that would mean anything. */
  readonly replicas: () => readonly Replica[];
  /** Starts one again at its address that was killed. */
  readonly restart: (number: number) => Promise<void>;
}

export async function startCluster(
  machine: Machine,
  {
    engines,
    replicas: count,
    cleanup,
  }: { readonly engines: Engines; readonly replicas: number; readonly cleanup: CleanupStack },
): Promise<Cluster> {
  const variables = await engines.freshStorage();
  // At the same time: whichever is first makes the tables.
  const replicas = await Promise.all(
    Array.from({ length: count }, () => startReplica(machine, { variables })),
  );
  cleanup.add(() => Promise.all(replicas.map((replica) => replica.stop())));
  const balancer = await startLoadBalancer(replicas.map(({ url }) => url));
  cleanup.add(balancer.close);
  return {
    ...engines,
    variables,
    url: balancer.url,
    replicas: () => replicas,
    async restart(number) {
      const before = replicas[number];
      if (before === undefined) throw new Error(`There is no replica ${number}.`);
      const port = Number(new URL(before.url).port);
      replicas[number] = await startReplica(machine, { variables, port });
    },
  };
}
