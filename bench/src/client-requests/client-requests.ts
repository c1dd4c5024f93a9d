import { join } from 'node:path';
import { startArtifactServers } from '../artifact-servers/start-artifact-servers.ts';
import { type Clients, startClients } from '../clients/start-clients.ts';
import { type Bench, type Measure, type Turns } from '../runner/bench.ts';
import { ratioOf } from '../runner/measures.ts';
import { VERCEL_REMOTE_NOTE } from '../vercel-remote/notes.ts';
import { prepareVercelRemote } from '../vercel-remote/prepare-vercel-remote.ts';
import { readVercelRemoteVersions } from '../vercel-remote/vercel-remote.ts';
import { type Requests } from './requests.ts';

const SIZE_BYTES = 1_000;
const ROUNDS = 10;
/** Requests in a row: the cheaper they are, the more of them. */
const COUNTS = { put: 1_000, get: 300, getInto: 1_000, head: 1_500 } as const;

const LARDER = join(__dirname, 'larder-process.js');

const CLIENTS = {
  Larder: { file: LARDER },
  'Larder, redirected': { file: LARDER, isSentElsewhere: true },
  'Larder, preflight': { file: LARDER, args: ['preflight'], isSentElsewhere: true },
  'node:http': { file: join(__dirname, 'node-process.js') },
  '@vercel/remote': { file: join(__dirname, 'vercel-process.js') },
} as const;

const NOTES = [
  'Hundreds of requests, one after the other, over connections that stay open; the figures are those of one. The plain client makes the tag of an upload and verifies that of a download, in memory. Like `@vercel/remote` it has no time-outs and repeats nothing. Ours is created and closed anew in each round, which counts.',
  '`get` keeps a download of this size in memory until it is verified ([ADR 0010](adr/0010-verified-before-handed-on.md)); `getInto` writes it to a stream in memory as it comes.',
  'A redirected download is sent to another server by a 307, an upload by a preflight: two requests each. Uploads do not follow redirects.',
  VERCEL_REMOTE_NOTE,
];

export const clientRequests: Bench = {
  name: 'client-requests',
  area: 'client',
  title: 'Small requests of the client',
  question:
    'What CPU time does a request about an artifact of 1 kB take the client, beside a plain node:http client and @vercel/remote?',
  async run(context) {
    await prepareVercelRemote(context);
    const artifact = { file: join(context.folder, 'artifact'), sizeBytes: SIZE_BYTES };
    const servers = await startArtifactServers(artifact);
    const clients: Clients<keyof typeof CLIENTS, Requests> = startClients(
      context,
      servers,
      CLIENTS,
    );
    const inTurns: InTurns = (action, names) =>
      clients.inTurns(
        names,
        { action, sizeBytes: SIZE_BYTES, count: COUNTS[action] },
        { rounds: ROUNDS },
      );
    try {
      const measures = [
        ...(await comparePuts(inTurns)),
        ...compareWithOthers(await inTurns('get', OTHERS), 'GET 1 kB'),
        ...(await compareGetsInto(inTurns)),
        ...compareWithOthers(await inTurns('head', OTHERS), 'HEAD'),
      ];
      return { measures, notes: NOTES, peers: readVercelRemoteVersions() };
    } finally {
      await clients.end();
      servers.end();
    }
  },
};

type InTurns = <N extends keyof typeof CLIENTS>(
  action: Requests['action'],
  names: readonly N[],
) => Promise<Turns<N>>;

const OTHERS = ['Larder', 'node:http', '@vercel/remote'] as const;

async function comparePuts(inTurns: InTurns): Promise<Measure[]> {
  const turns = await inTurns('put', [...OTHERS, 'Larder, preflight']);
  const what = 'PUT 1 kB to another server';
  const sides = { subject: 'Larder, preflight', reference: 'Larder' } as const;
  return [
    ...compareWithOthers(turns, 'PUT 1 kB'),
    ratioOf(turns, { what, quantity: 'cpuMs', ...sides }),
  ];
}

async function compareGetsInto(inTurns: InTurns): Promise<Measure[]> {
  const turns = await inTurns('getInto', [...OTHERS, 'Larder, redirected']);
  const what = 'GET 1 kB with getInto';
  const sides = { subject: 'Larder, redirected', reference: 'Larder' } as const;
  return [
    ...compareWithOthers(turns, what),
    ratioOf(turns, { what: `${what}, redirected`, quantity: 'cpuMs', ...sides }),
  ];
}

function compareWithOthers(turns: Turns<(typeof OTHERS)[number]>, what: string): Measure[] {
  return (['node:http', '@vercel/remote'] as const).map((reference) =>
    ratioOf(turns, { what, quantity: 'cpuMs', subject: 'Larder', reference }),
  );
}
