import { startEngines } from '@larder/e2e/engines/start-engines';
import { readEnvironment } from '@larder/e2e/environment';
import { cleanUpOnSignals, createCleanupStack } from '@larder/e2e/processes/cleanup-stack';
import { type WatchedServer, watchServer } from '../processes/measured-server.ts';
import { type Bench, type BenchContext, type Measure } from '../runner/bench.ts';
import { figure, figureOf, ratioOf } from '../runner/measures.ts';
import { type Load, withServers } from '../server-speed/compare-servers.ts';
import { startLarder, startLarderOn } from '../server-speed/served-subject.ts';
import { type DatabaseStatements, openStatements } from './database-statements.ts';

const ROUNDS = 3;
const STATEMENTS = 300;

const EMBEDDED = 'with a data folder';
const DATABASE = 'with PostgreSQL';
const BUCKET = 'with a bucket';

const SMALL = { name: '1 kB', sizeBytes: 1_000 };
const LARGE = { name: '10 MB', sizeBytes: 10_000_000 };

/** What the capacity model stands on: see `findClusterCosts`. */
const LOADS: readonly { readonly what: string; readonly load: Load }[] = [
  load('HEAD', SMALL, 600),
  load('GET', SMALL, 200),
  load('PUT', SMALL, 200),
  load('GET', LARGE, 4),
  load('PUT', LARGE, 4),
];

const NOTES = [
  'Each server has one thing elsewhere than in its data folder: the index in PostgreSQL 15, or the artifacts ' +
    'in OpenStack Swift with three nodes, by its S3 API. CPU is that of the server alone. Both engines run on the ' +
    'same machine, so there is no network between, and how long Swift takes says nothing of other buckets.',
  'The statements are much like those of a server, made one after the other over one connection: their CPU is that of ' +
    'all processes of PostgreSQL, their time what a server next to it waits. An insert is on disk when it ends.',
];

export const serverCluster: Bench = {
  name: 'server-cluster',
  area: 'server',
  title: 'A server with PostgreSQL and a bucket',
  question:
    'What does a request cost when index or artifacts are not on the machine of the server?',
  async run(context) {
    const cleanup = createCleanupStack();
    const ignoreSignals = cleanUpOnSignals(cleanup);
    let database: WatchedServer | null = null;
    try {
      context.onProgress('starting PostgreSQL and OpenStack Swift');
      const { postgres, freshStorage } = await startEngines({
        env: readEnvironment().inherited,
        cleanup,
      });
      database = watchServer(postgres.pid());
      const storage = await freshStorage();
      const { LARDER_SERVER_DATABASE_URL: url = '', ...bucketVariables } = storage;
      const starts = {
        [EMBEDDED]: startLarder,
        [DATABASE]: (folder: string) => startLarderOn(folder, { LARDER_SERVER_DATABASE_URL: url }),
        [BUCKET]: (folder: string) => startLarderOn(folder, bucketVariables),
      };
      const measures = await withServers(context, starts, async (sendInTurns) => {
        const compared: Measure[] = [];
        for (const { what, load: each } of LOADS) {
          context.onProgress(what);
          const turns = await sendInTurns(each, ROUNDS);
          for (const subject of [DATABASE, BUCKET] as const) {
            const comparison = { quantity: 'cpuMs', subject, reference: EMBEDDED } as const;
            compared.push(ratioOf(turns, { what: `${what} ${subject}`, ...comparison }));
          }
        }
        return compared;
      });
      context.onProgress('statements');
      const statements = await openStatements(url, database);
      cleanup.add(() => statements.close());
      return {
        measures: [...measures, ...(await measureStatements(context, statements))],
        notes: NOTES,
      };
    } finally {
      ignoreSignals();
      await cleanup.run();
      await database?.forget();
    }
  },
};

async function measureStatements(
  context: BenchContext,
  statements: DatabaseStatements,
): Promise<Measure[]> {
  const turns = await context.inTurns(
    {
      select: () => statements.select(STATEMENTS),
      insert: () => statements.insert(STATEMENTS),
    },
    { rounds: ROUNDS },
  );
  return [
    ...(['select', 'insert'] as const).flatMap((subject) => [
      figureOf(turns, { what: `${subject}: CPU of PostgreSQL`, subject, quantity: 'cpuMs' }),
      figureOf(turns, { what: `${subject}: wall`, subject, quantity: 'wallMs' }),
    ]),
    figure('a row of the index with its indexes', (await statements.rowBytes()) / 1_000, 'kB'),
  ];
}

function load(method: Load['method'], size: typeof SMALL, count: number) {
  return { what: `${method} ${size.name}`, load: { method, sizeBytes: size.sizeBytes, count } };
}
