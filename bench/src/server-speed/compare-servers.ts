import { join } from 'node:path';
import { type Cost, costOfEach } from '../processes/cost.ts';
import { type BenchContext, type Turns } from '../runner/bench.ts';
import { createSender, type Requests, type Sender } from './send-requests.ts';
import { type ServedSubject } from './served-subject.ts';

export type StartServer = (folder: string) => Promise<ServedSubject>;

/** Requests of one kind; how many go at once is the same for all. */
export type Load = Pick<Requests, 'method' | 'sizeBytes' | 'count'>;

/** As a CI machine with a few tasks sends them, and as many as Node has threads for files. */
export const AT_ONCE = 4;

/**
 * So much memory is claimed for each byte of an upload. With twice the bytes some rounds of 100 MB took
 * two and three times the CPU of others, with any server; with six times fewer did.
 */
const CLAIMED_FOR_EACH_BYTE = 6;

/** Sends the same requests to some servers in turns; what comes back is the cost of one request. */
export type SendInTurns<K extends string> = (load: Load, rounds: number) => Promise<Turns<K>>;

/** Does something with servers that are started for it, one of each kind. */
export async function withServers<K extends string, R>(
  context: BenchContext,
  starts: Readonly<Record<K, StartServer>>,
  act: (sendInTurns: SendInTurns<K>) => Promise<R>,
): Promise<R> {
  const names = Object.keys(starts) as K[];
  const started: { name: K; subject: ServedSubject; sender: Sender }[] = [];
  let uploads = 0;

  /** Uploads are of new artifacts each time, everything else asks for the same ones. */
  async function send(subject: ServedSubject, sender: Sender, load: Load): Promise<Cost> {
    uploads += 1;
    const prefix = load.method === 'PUT' ? `new-${uploads}-` : `known-${load.sizeBytes}-`;
    const atOnce = Math.min(AT_ONCE, load.count);
    const cost = await subject.server.during(() => sender.send({ ...load, atOnce, prefix }));
    return costOfEach(cost, load.count);
  }

  try {
    for (const name of names) {
      const subject = await starts[name](join(context.folder, name.replace(/\W/g, '-')));
      started.push({ name, subject, sender: createSender(subject.target) });
    }
    const known = new Set<number>();
    return await act(async (load, rounds) => {
      const { method, sizeBytes, count } = load;
      if (method !== 'PUT' && !known.has(sizeBytes)) {
        const prefix = `known-${sizeBytes}-`;
        for (const { sender } of started) {
          await sender.send({ method: 'PUT', sizeBytes, count, prefix, atOnce: 1 });
        }
        known.add(sizeBytes);
      }
      const subjects = Object.fromEntries(
        started.map(({ name, subject, sender }) => [name, () => send(subject, sender, load)]),
      ) as Record<K, () => Promise<Cost>>;
      const memoryBytes = method === 'PUT' ? CLAIMED_FOR_EACH_BYTE * sizeBytes * count : 0;
      return context.inTurns(subjects, { rounds, memoryBytes });
    });
  } finally {
    for (const { subject, sender } of started) {
      sender.close();
      await subject.server.end();
    }
  }
}
