import { type Bench, type Measure } from '../runner/bench.ts';
import { ratioOf } from '../runner/measures.ts';
import { withServers } from './compare-servers.ts';
import { PLAIN_SERVER_NOTE } from './notes.ts';
import { startLarder, startPlain } from './served-subject.ts';

const ROUNDS = 10;
const SIZE_BYTES = 1_000;
const BOUNDS = { gate: 2, aim: 1.4 };

/** Why its gate is missed. */
const HEAD_NOTE =
  'A HEAD of the plain server is an answer from memory, so that whatever a server looks up is a ' +
  'multiple of it. Ours asks the index, which commands beside the server may have changed, and then the ' +
  'disk whether the file is there and whole: a hit that turned out to be none would fail a build. Reading ' +
  'fewer columns, or all of them as one value, saved 3 %.';

export const serverRequests: Bench = {
  name: 'server-requests',
  area: 'server',
  title: 'Small requests of the server',
  question: 'What CPU time does a request about an artifact of 1 kB take the server?',
  run: (context) =>
    withServers(
      context,
      { '@larder/server': startLarder, 'plain node:http': startPlain },
      async (sendInTurns) => {
        const measures: Measure[] = [];
        for (const method of ['PUT', 'GET', 'HEAD'] as const) {
          context.onProgress(method);
          const load = { method, sizeBytes: SIZE_BYTES, count: method === 'PUT' ? 400 : 1_000 };
          measures.push(
            ratioOf(
              await sendInTurns(load, ROUNDS),
              {
                what: `${method} 1 kB`,
                quantity: 'cpuMs',
                subject: '@larder/server',
                reference: 'plain node:http',
              },
              BOUNDS,
            ),
          );
        }
        return { measures, notes: [PLAIN_SERVER_NOTE, HEAD_NOTE] };
      },
    ),
};
