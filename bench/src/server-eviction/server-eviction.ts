import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStartLine, startLarderServer } from '../larder-server/start-larder-server.ts';
import { type Bench, type Measure } from '../runner/bench.ts';
import { figure } from '../runner/measures.ts';
import { applyLoad, type Load, type LoadResult } from './apply-load.ts';
import { createTimingClient } from './timing-client.ts';

const LIMIT_BYTES = 200_000_000;
const LOAD: Load = { artifactBytes: 1_000_000, artifacts: 1_000, writers: 4, readers: 4 };

/** An artifact each, and what the file says of it. */
const IN_FLIGHT_BYTES = LOAD.writers * (LOAD.artifactBytes + 1_000);

/** Each way in turns, because the disk of a machine is not the same from one minute to the next. */
const ROUNDS = 2;

const MAX_SLOWDOWN = 2;

const NOTES = [
  'Artifacts of 1 MB are written four at a time while four readers download: half of the time one of ' +
    '20 that are read again and again, half of the time any that was written. A server without a limit ' +
    `and one with a limit of 200 MB take turns, ${ROUNDS} times each. The most on disk may exceed the ` +
    'limit by the uploads in flight. A request fails when it is refused or a download is not what was ' +
    'stored; a miss is not a download. Hot artifacts are those 20.',
];

export const serverEviction: Bench = {
  name: 'server-eviction',
  area: 'server',
  title: 'Eviction by the server',
  question: 'What does eviction cost requests: 1 GB of writes into 200 MB, with readers at work?',
  async run() {
    const without: Round[] = [];
    const withEviction: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      without.push(await runRound(0));
      withEviction.push(await runRound(LIMIT_BYTES));
    }
    const measures = [...compare(without, withEviction), ...promises(withEviction)];
    return { measures, notes: NOTES };
  },
};

interface Round extends LoadResult {
  readonly greatestBytes: number;
}

async function runRound(maxStoreSizeBytes: number): Promise<Round> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'larder-bench-'));
  const args = ['--data-dir', dataDirectory, '--max-store-size-bytes', String(maxStoreSizeBytes)];
  const server = startLarderServer(args);
  const ended = once(server, 'exit');
  let disk: ChildProcess | undefined;
  try {
    const start = await readStartLine(server);
    disk = fork(join(__dirname, 'disk-process.js'), [dataDirectory]);
    const client = createTimingClient(start);
    const result = await applyLoad(client, LOAD);
    client.close();
    disk.send('end');
    const [greatestBytes] = (await once(disk, 'message')) as [number];
    return { ...result, greatestBytes };
  } finally {
    disk?.kill();
    server.kill();
    await ended;
    await rm(dataDirectory, { recursive: true });
  }
}

function compare(without: readonly Round[], withEviction: readonly Round[]): Measure[] {
  return (['putMs', 'getMs'] as const).flatMap((kind) => {
    const what = kind === 'putMs' ? 'upload' : 'download';
    const before = without.flatMap((round) => round[kind]);
    const during = withEviction.flatMap((round) => round[kind]);
    const slowdown = percentile(during, 0.99) / percentile(before, 0.99);
    return [
      figure(`${what}: median without`, percentile(before, 0.5), 'ms'),
      figure(`${what}: median with eviction`, percentile(during, 0.5), 'ms'),
      figure(`${what}: p99 without`, percentile(before, 0.99), 'ms'),
      figure(`${what}: p99 with eviction`, percentile(during, 0.99), 'ms'),
      figure(`${what}: p99, slowdown`, round2(slowdown), '×', { gate: MAX_SLOWDOWN }),
    ];
  });
}

function promises(rounds: readonly Round[]): Measure[] {
  const greatestBytes = Math.max(...rounds.map((round) => round.greatestBytes));
  const sum = (count: (round: Round) => number) =>
    rounds.reduce((total, round) => total + count(round), 0);
  return [
    figure('most on disk', round2(greatestBytes / 1e6), 'MB', {
      gate: (LIMIT_BYTES + IN_FLIGHT_BYTES) / 1e6,
    }),
    figure(
      'downloads',
      sum(({ getMs }) => getMs.length),
      '',
    ),
    figure(
      'failed requests',
      sum(({ failures }) => failures),
      '',
      { gate: 0 },
    ),
    figure(
      'hot artifacts evicted',
      sum(({ hotMisses }) => hotMisses),
      '',
      { gate: 0 },
    ),
  ];
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return round2(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
