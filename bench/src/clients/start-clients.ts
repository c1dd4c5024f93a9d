import { type ArtifactServers } from '../artifact-servers/start-artifact-servers.ts';
import { type Cost, costOfEach } from '../processes/cost.ts';
import { startSubject, type Subject } from '../processes/start-subject.ts';
import { type BenchContext, type Turns, type TurnsOptions } from '../runner/bench.ts';

/** A client that is measured: a compiled file that calls `serveTasks`. */
export interface ClientProcess {
  readonly file: string;
  readonly args?: readonly string[];
  /** Whether it asks the server that sends everybody to the other one; false by default. */
  readonly isSentElsewhere?: boolean;
}

/** What all clients are asked for, apart from the server. */
export interface ClientTask {
  readonly port: number;
  /** How often, one after the other. */
  readonly count: number;
}

/** Clients that are started, each in a process of its own. */
export interface Clients<K extends string, T extends ClientTask> {
  /** Has some of them do the same in turns; what comes back is the cost of doing it once. */
  inTurns<N extends K>(
    names: readonly N[],
    task: Omit<T, 'port'> & Pick<T, 'count'>,
    options: TurnsOptions,
  ): Promise<Turns<N>>;
  end(): Promise<void>;
}

export function startClients<K extends string, T extends ClientTask>(
  context: BenchContext,
  servers: ArtifactServers,
  processes: Readonly<Record<K, ClientProcess>>,
): Clients<K, T> {
  const started = new Map<K, { subject: Subject<ClientTask, undefined>; port: number }>();
  const entries = Object.entries(processes) as [K, ClientProcess][];
  for (const [name, { file, args = [], isSentElsewhere = false }] of entries) {
    const port = isSentElsewhere ? servers.redirectingPort : servers.port;
    started.set(name, { subject: startSubject(file, { args }), port });
  }
  return {
    inTurns(names, task, options) {
      const measure = async (name: K): Promise<Cost> => {
        const client = started.get(name);
        if (client === undefined) throw new Error(`There is no client named ${name}.`);
        const { cost } = await client.subject.perform({ ...task, port: client.port });
        return costOfEach(cost, task.count);
      };
      const subjects = Object.fromEntries(
        names.map((name) => [name, () => measure(name)]),
      ) as Record<(typeof names)[number], () => Promise<Cost>>;
      return context.inTurns(subjects, options);
    },
    async end() {
      for (const { subject } of started.values()) await subject.end();
    },
  };
}
