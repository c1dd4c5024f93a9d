// A day of builds, played against replicas as queues. No clock, and no chance but the seed's.
import { sizeAt } from './artifact-sizes.ts';
import { type CapacityAssumptions } from './assumptions.ts';
import { arriveCommands, type Command, readsOfLookup, runTask } from './command-arrivals.ts';
import { downloadJobMs, lookupJobMs, piecesOf, uploadJobMs } from './cpu-jobs.ts';
import { createEventQueue, type Timed } from './event-queue.ts';
import { createLoadMeter, type SimulatedLoad } from './load-meter.ts';
import { createReplicaQueues, spread } from './replica-queues.ts';
import { createSeededRandom } from './seeded-random.ts';
import { type ServiceTimes } from './service-times.ts';
import { TOKEN_READS } from './traffic.ts';

export interface LoadOptions {
  readonly developers: number;
  readonly replicas: number;
  readonly seed: number;
  /** How much of each hour is played, one right after the other, so that a large day is over in time. */
  readonly minutesPerHour: number;
  /** From 0. */
  readonly watchedHour: number;
}

type Step = 'begin' | 'other' | 'lookup' | 'download' | 'uploadBegin' | 'upload' | 'insert';

interface LoadEvent extends Timed {
  readonly step: Step;
  readonly command: Command;
  /** Where a transfer goes; -1 before a replica is chosen. */
  readonly replica: number;
  readonly sizeBytes: number;
  readonly piecesLeft: number;
}

/**
 * Plays a day. A request goes to any replica, waits for its core, then for a connection to the database,
 * then for the bucket; a body takes the core again for each of its pieces, which arrive as fast as the
 * client's connection carries them. A command looks up a number of tasks at a time, and stores what its
 * tasks make when they end.
 */
export function simulateLoad(
  options: LoadOptions,
  assumptions: CapacityAssumptions,
  times: ServiceTimes,
): SimulatedLoad {
  const { replicas } = options;
  const { clientMbPerSecond, networkMs, lookupConcurrency, artifacts } = assumptions;
  const random = createSeededRandom(options.seed);
  const meter = createLoadMeter(options);
  const queue = createEventQueue<LoadEvent>();
  const servers = Array.from({ length: replicas }, () => createReplicaQueues(times.connections));
  const pieceMs = 1000 / clientMbPerSecond;

  function schedule(
    step: Step,
    atMs: number,
    command: Command,
    transfer: { replica: number; sizeBytes: number; piecesLeft: number } = NO_TRANSFER,
  ): void {
    const { replica, sizeBytes, piecesLeft } = transfer;
    queue.push({ step, atMs, command, replica, sizeBytes, piecesLeft });
  }

  /** Has a replica's core work from now on, or when its turn comes; returns when that is done. */
  function compute(replica: number, atMs: number, serviceMs: number): number {
    const { startedMs, endedMs } = serverOf(servers, replica).compute(atMs, serviceMs);
    meter.noteWork(atMs, { replica, waitedMs: startedMs - atMs, serviceMs });
    return endedMs;
  }

  /** What any request begins with: a replica, its core, and the reads of tokens and index. */
  function receive(atMs: number, reads: number): { replica: number; endedMs: number } {
    meter.noteRequest(atMs);
    const replica = random.below(replicas);
    const computedMs = compute(replica, atMs, lookupJobMs(times, reads));
    let readsMs = 0;
    for (let read = 0; read < reads; read += 1) readsMs += spread(random, times.readMs);
    return { replica, endedMs: serverOf(servers, replica).query(computedMs, readsMs) };
  }

  function newTransfer(replica: number) {
    const sizeBytes = sizeAt(artifacts, random.normal());
    return { replica, sizeBytes, piecesLeft: piecesOf(sizeBytes) };
  }

  function lookUpNext(command: Command, atMs: number): void {
    if (command.lookupsLeft === 0) return;
    command.lookupsLeft -= 1;
    schedule('lookup', atMs + networkMs, command);
  }

  const steps: Readonly<Record<Step, (event: LoadEvent) => void>> = {
    begin({ atMs, command }) {
      schedule('other', atMs, command);
      schedule('other', atMs + command.population.taskDurationMs, command);
      for (let turn = 0; turn < lookupConcurrency; turn += 1) lookUpNext(command, atMs);
    },

    other({ atMs }) {
      receive(atMs, TOKEN_READS);
    },

    lookup({ atMs, command }) {
      const { replica, endedMs } = receive(atMs, readsOfLookup(command, random));
      if (random.next() < command.population.hitRate) {
        const openMs = endedMs + spread(random, times.firstByteMs);
        schedule('download', openMs, command, newTransfer(replica));
        return;
      }
      lookUpNext(command, endedMs);
      const taskEndMs = runTask(command, endedMs, random);
      if (random.next() < command.population.uploadShare) {
        schedule('uploadBegin', taskEndMs, command);
      }
    },

    download({ atMs, command, replica, sizeBytes, piecesLeft }) {
      const endedMs = compute(replica, atMs, downloadJobMs(times, sizeBytes));
      if (piecesLeft > 1) {
        const rest = { replica, sizeBytes, piecesLeft: piecesLeft - 1 };
        schedule('download', Math.max(endedMs, atMs + pieceMs), command, rest);
        return;
      }
      meter.noteDownload(atMs, sizeBytes);
      lookUpNext(command, endedMs);
    },

    uploadBegin({ atMs, command }) {
      const { replica, endedMs } = receive(atMs, readsOfLookup(command, random));
      schedule('upload', endedMs, command, newTransfer(replica));
    },

    upload({ atMs, command, replica, sizeBytes, piecesLeft }) {
      const endedMs = compute(replica, atMs, uploadJobMs(times, sizeBytes));
      const rest = { replica, sizeBytes, piecesLeft: piecesLeft - 1 };
      if (rest.piecesLeft > 0) {
        schedule('upload', Math.max(endedMs, atMs + pieceMs), command, rest);
      } else {
        schedule('insert', endedMs + spread(random, times.storedMs), command, rest);
      }
    },

    insert({ atMs, replica, sizeBytes }) {
      const computedMs = compute(replica, atMs, times.statementCpuMs);
      serverOf(servers, replica).query(computedMs, spread(random, times.writeMs));
      meter.noteUpload(atMs, sizeBytes);
    },
  };

  for (const command of arriveCommands(options, assumptions, random)) {
    schedule('begin', command.beginsAtMs, command);
  }
  for (let event = queue.pop(); event !== null; event = queue.pop()) steps[event.step](event);
  return meter.read();
}

const NO_TRANSFER = { replica: -1, sizeBytes: 0, piecesLeft: 0 };

function serverOf<Server>(servers: readonly Server[], replica: number): Server {
  const server = servers[replica];
  if (server === undefined) throw new Error(`There is no replica ${replica}.`);
  return server;
}
