import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Bench, type Measure } from '../runner/bench.ts';
import { figure } from '../runner/measures.ts';
import { type Report, type Task } from './client-process.ts';

const SIZE_BYTES = 1_000_000_000;
const MAX_RSS_MB = 160;

/** What the client does, in a process of its own for each, so that one peak does not hide another. */
const ACTIONS = { put: 'upload', get: 'download', getToFile: 'download into a file' } as const;

const NOTES = [
  'The server is a plain `node:http` server, and each way has a process of its own. A download goes ' +
    'through a temporary file, which is then read ([ADR 0010](adr/0010-verified-before-handed-on.md)).',
];

export const clientMemory: Bench = {
  name: 'client-memory',
  area: 'client',
  title: 'Memory of the client',
  question: 'How much memory and CPU does the client take to stream 1 GB?',
  async run() {
    const server = fork(join(__dirname, 'server-process.js'), [String(SIZE_BYTES)]);
    try {
      const [port] = (await once(server, 'message')) as [number];
      const measures: Measure[] = [];
      for (const action of Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]) {
        const what = ACTIONS[action];
        const report = await measure({ action, port, sizeBytes: SIZE_BYTES });
        measures.push(
          figure(`${what}: peak RSS`, report.peakRssMb, 'MB', { gate: MAX_RSS_MB }),
          figure(`${what}: CPU`, report.cpuMs, 'ms'),
          figure(`${what}: wall`, report.wallMs, 'ms'),
        );
      }
      return { measures, notes: NOTES };
    } finally {
      server.kill();
    }
  },
};

async function measure(task: Task): Promise<Report> {
  const client = fork(join(__dirname, 'client-process.js'));
  client.send(task);
  const [message] = (await Promise.race([
    once(client, 'message'),
    once(client, 'exit').then(([code]) => {
      throw new Error(`The client ended with code ${String(code)} before it had reported.`);
    }),
  ])) as [Report];
  return message;
}
