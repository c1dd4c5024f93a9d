import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStartLine, startLarderServer } from '../larder-server/start-larder-server.ts';
import { type Bench, type Measure } from '../runner/bench.ts';
import { figure } from '../runner/measures.ts';
import { type Peak } from './report-peak.ts';
import { download, upload } from './transfers.ts';

const TRANSFERS = 8;
const SIZE_BYTES = 100_000_000;
const MAX_RSS_MB = 160;

/** One after the other over one data folder, each with a server process of its own. */
const ACTIONS = [
  { what: 'uploads', perform: upload, bounds: { gate: MAX_RSS_MB } },
  { what: 'downloads', perform: download, bounds: {} },
];

const NOTES = [
  'The server is `larder-server` as it is published. The downloads are answered by a new process over ' +
    'the same data folder.',
];

export const serverMemory: Bench = {
  name: 'server-memory',
  area: 'server',
  title: 'Memory of the server',
  question: 'How much memory and CPU does the server take for 8 transfers of 100 MB at once?',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'larder-bench-'));
    try {
      const measures: Measure[] = [];
      for (const { what, perform, bounds } of ACTIONS) {
        const { idle, after, wallMs } = await measure(folder, perform);
        measures.push(
          figure(`before ${what}: peak RSS`, idle.peakRssMb, 'MB'),
          figure(`${what}: peak RSS`, after.peakRssMb, 'MB', bounds),
          figure(`${what}: CPU`, after.cpuMs - idle.cpuMs, 'ms'),
          figure(`${what}: wall`, wallMs, 'ms'),
        );
      }
      return { measures, notes: NOTES };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

async function measure(folder: string, perform: typeof upload) {
  const server = startServer(folder);
  const ended = once(server, 'exit');
  try {
    const start = await readStartLine(server);
    const idle = await askForPeak(server);
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: TRANSFERS }, (_, index) =>
        perform(start, { hash: `bench-${index}`, sizeBytes: SIZE_BYTES }),
      ),
    );
    const wallMs = Math.round(performance.now() - startedAt);
    return { idle, after: await askForPeak(server), wallMs };
  } finally {
    server.kill();
    await ended;
  }
}

/** With nothing more than a question hook. */
function startServer(folder: string): ChildProcess {
  return startLarderServer(['--data-dir', join(folder, 'data')], {
    execArgv: ['--require', join(__dirname, 'report-peak.js')],
  });
}

async function askForPeak(server: ChildProcess): Promise<Peak> {
  const answered = once(server, 'message');
  server.send('peak');
  const [peak] = (await answered) as [Peak];
  return peak;
}
