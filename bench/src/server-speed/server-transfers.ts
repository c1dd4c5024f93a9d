import { type Bench, type Measure } from '../runner/bench.ts';
import { ratioOf } from '../runner/measures.ts';
import { withServers } from './compare-servers.ts';
import { PLAIN_SERVER_NOTE } from './notes.ts';
import { startLarder, startPlain } from './served-subject.ts';

const ROUNDS = 10;
const BOUNDS = { gate: 1.3, aim: 1.1 };

/** Why the gate of the smallest upload is missed now and then. */
const SMALL_UPLOAD_NOTE =
  'What an upload of 100 kB takes more than the plain one is the index: a look whether the artifact is ' +
  'known, and a row that is synced before the answer. What was done about it: uploads that end together ' +
  'are one statement, statements are prepared once, files are bare descriptors, and the whole artifact ' +
  'with its description goes to the disk in one write.';

const SIZES = [
  { name: '100 kB', sizeBytes: 100_000, count: 100 },
  { name: '1 MB', sizeBytes: 1_000_000, count: 40 },
  { name: '10 MB', sizeBytes: 10_000_000, count: 8 },
  { name: '100 MB', sizeBytes: 100_000_000, count: 2 },
];

export const serverTransfers: Bench = {
  name: 'server-transfers',
  area: 'server',
  title: 'Transfers of the server',
  question: 'What CPU time does an upload or a download take the server, from 100 kB to 100 MB?',
  run: (context) =>
    withServers(
      context,
      { '@larder/server': startLarder, 'plain node:http': startPlain },
      async (sendInTurns) => {
        const measures: Measure[] = [];
        for (const { name, sizeBytes, count } of SIZES) {
          for (const method of ['PUT', 'GET'] as const) {
            const what = `${method} ${name}`;
            context.onProgress(what);
            const turns = await sendInTurns({ method, sizeBytes, count }, ROUNDS);
            measures.push(
              ratioOf(
                turns,
                {
                  what,
                  quantity: 'cpuMs',
                  subject: '@larder/server',
                  reference: 'plain node:http',
                },
                BOUNDS,
              ),
            );
          }
        }
        return { measures, notes: [PLAIN_SERVER_NOTE, SMALL_UPLOAD_NOTE] };
      },
    ),
};
