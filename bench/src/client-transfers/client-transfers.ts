import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSubject, type Subject } from '../processes/start-subject.ts';
import { type Bench, type BenchContext, type Measure } from '../runner/bench.ts';
import { figureOf, ratioOf } from '../runner/measures.ts';
import { type Transfer } from './transfer.ts';

const SIZE_BYTES = 100_000_000;
const BOUNDS = { gate: 1.3, aim: 1.1 };
const ROUNDS = 10;
/** In a row, so that what is measured is not the start of it all. */
const TRANSFERS = 3;

const ACTIONS = { put: 'upload', get: 'download into a file' } as const;

export const clientTransfers: Bench = {
  name: 'client-transfers',
  area: 'client',
  title: 'Large artifacts by the client',
  question: 'What do transfers of 100 MB cost beside a plain node:http client?',
  async run(context) {
    const file = join(context.folder, 'artifact');
    const content = randomBytes(SIZE_BYTES);
    const tag = `sha256-${createHash('sha256').update(content).digest('base64')}`;
    await writeFile(file, content);
    const server = fork(join(__dirname, 'server-process.js'), [file, tag]);
    const subjects = startSubjects();
    try {
      const [port] = (await once(server, 'message')) as [number];
      const measures: Measure[] = [];
      for (const action of Object.keys(ACTIONS) as Transfer['action'][]) {
        measures.push(...(await compare(context, subjects, { action, port, file })));
      }
      return {
        measures,
        notes: [
          `${TRANSFERS} transfers in a row and one process, of 100 random megabytes over loopback. The plain client hashes the file for the tag and then reads it again to send it, or hashes what arrives and writes it to a file, with streams of 64 KiB, which is what Node takes by itself, or of 256 KiB. The bare one does not hash.`,
        ],
      };
    } finally {
      for (const subject of Object.values(subjects)) await subject.end();
      server.kill();
    }
  },
};

type Subjects = ReturnType<typeof startSubjects>;

function startSubjects() {
  const startPlain = (...args: string[]): Subject<Transfer, undefined> =>
    startSubject(join(__dirname, 'node-process.js'), { args });
  return {
    Larder: startSubject<Transfer>(join(__dirname, 'larder-process.js')),
    'node:http': startPlain('hashing', '65536'),
    'node:http, 256 KiB': startPlain('hashing', '262144'),
    'node:http, bare': startPlain('bare', '65536'),
  };
}

async function compare(
  context: BenchContext,
  subjects: Subjects,
  { action, port, file }: Pick<Transfer, 'action' | 'port' | 'file'>,
): Promise<Measure[]> {
  const measureOf = (subject: Subject<Transfer, undefined>) => async () => {
    const target = join(context.folder, 'received');
    const task = { action, port, file, sizeBytes: SIZE_BYTES, target, count: TRANSFERS };
    const { cost } = await subject.perform(task);
    const { cpuMs, wallMs } = cost;
    return { ...cost, cpuMs: cpuMs / TRANSFERS, wallMs: wallMs / TRANSFERS };
  };
  const turns = await context.inTurns(
    {
      Larder: measureOf(subjects.Larder),
      'node:http': measureOf(subjects['node:http']),
      'node:http, 256 KiB': measureOf(subjects['node:http, 256 KiB']),
      'node:http, bare': measureOf(subjects['node:http, bare']),
    },
    { rounds: ROUNDS },
  );
  const what = ACTIONS[action];
  return [
    ratioOf(turns, { what, quantity: 'cpuMs', subject: 'Larder', reference: 'node:http' }, BOUNDS),
    ratioOf(
      turns,
      {
        what: `${what}, large reads`,
        quantity: 'cpuMs',
        subject: 'Larder',
        reference: 'node:http, 256 KiB',
      },
      BOUNDS,
    ),
    ratioOf(turns, { what, quantity: 'wallMs', subject: 'Larder', reference: 'node:http' }),
    figureOf(turns, {
      what: `${what}: CPU of node:http without hashing`,
      subject: 'node:http, bare',
      quantity: 'cpuMs',
    }),
  ];
}
