import { join } from 'node:path';
import { startArtifactServers } from '../artifact-servers/start-artifact-servers.ts';
import { type Clients, startClients } from '../clients/start-clients.ts';
import { type Bench, type Measure, type Turns } from '../runner/bench.ts';
import { figureOf, ratioOf } from '../runner/measures.ts';
import { VERCEL_REMOTE_NOTE } from '../vercel-remote/notes.ts';
import { prepareVercelRemote } from '../vercel-remote/prepare-vercel-remote.ts';
import { readVercelRemoteVersions } from '../vercel-remote/vercel-remote.ts';
import { type Transfer } from './transfer.ts';

const SIZE_BYTES = 100_000_000;
const BOUNDS = { gate: 1.3, aim: 1.1 };
const ROUNDS = 10;
/** In a row, so that what is measured is not the start of it all. */
const TRANSFERS = 2;

const LARDER = join(__dirname, 'larder-process.js');
const NODE = join(__dirname, 'node-process.js');

const CLIENTS = {
  Larder: { file: LARDER },
  'Larder, redirected': { file: LARDER, isSentElsewhere: true },
  'Larder, preflight': { file: LARDER, args: ['preflight'], isSentElsewhere: true },
  'node:http': { file: NODE, args: ['hashing', '65536'] },
  'node:http, 256 KiB': { file: NODE, args: ['hashing', '262144'] },
  'node:http, bare': { file: NODE, args: ['bare', '65536'] },
  '@vercel/remote': { file: join(__dirname, 'vercel-process.js') },
} as const;

const BY_ITSELF = { subject: 'Larder', reference: 'node:http' } as const;
const LARGE_READS = { subject: 'Larder', reference: 'node:http, 256 KiB' } as const;
const PEER = { subject: 'Larder', reference: '@vercel/remote' } as const;
const REDIRECTED = { subject: 'Larder, redirected', reference: 'Larder' } as const;
const PREFLIGHT = { subject: 'Larder, preflight', reference: 'Larder' } as const;

const NOTES = [
  `${TRANSFERS} transfers in a row and one process, of 100 random megabytes over loopback. The plain client hashes the file for the tag and then reads it again to send it, or hashes what arrives and writes it to a file or hands it on, with streams of 64 KiB, which is what Node takes by itself, or of 256 KiB. The bare one does not hash.`,
  'A download as a stream comes out of a temporary file, once all of it is verified ([ADR 0010](adr/0010-verified-before-handed-on.md)); the plain client and `@vercel/remote` hand on what arrives.',
  'A redirected download is sent to another server by a 307, as to a presigned URL. A redirect of an upload is refused; where an upload goes to another server, a preflight says so.',
  VERCEL_REMOTE_NOTE,
];

export const clientTransfers: Bench = {
  name: 'client-transfers',
  area: 'client',
  title: 'Large artifacts by the client',
  question:
    'What do transfers of 100 MB cost beside a plain node:http client and @vercel/remote, and what do redirects add?',
  async run(context) {
    await prepareVercelRemote(context);
    const file = join(context.folder, 'artifact');
    const target = join(context.folder, 'received');
    const artifact = { file, sizeBytes: SIZE_BYTES };
    const servers = await startArtifactServers(artifact);
    const clients: Clients<keyof typeof CLIENTS, Transfer> = startClients(
      context,
      servers,
      CLIENTS,
    );
    const inTurns: InTurns = (action, names) =>
      clients.inTurns(
        names,
        { ...artifact, action, target, count: TRANSFERS },
        { rounds: ROUNDS, memoryBytes: action === 'put' ? 0 : 2 * SIZE_BYTES },
      );
    try {
      const measures = [
        ...(await compareUploads(inTurns)),
        ...(await compareDownloadsIntoFiles(inTurns)),
        ...(await compareDownloadsAsStreams(inTurns)),
      ];
      return { measures, notes: NOTES, peers: readVercelRemoteVersions() };
    } finally {
      await clients.end();
      servers.end();
    }
  },
};

type InTurns = <N extends keyof typeof CLIENTS>(
  action: Transfer['action'],
  names: readonly N[],
) => Promise<Turns<N>>;

async function compareUploads(inTurns: InTurns): Promise<Measure[]> {
  const turns = await inTurns('put', [
    'Larder',
    'node:http',
    'node:http, 256 KiB',
    'node:http, bare',
    '@vercel/remote',
    'Larder, preflight',
  ]);
  const what = 'upload';
  const elsewhere = 'upload to another server';
  return [
    ...compareWithPlain(turns, what),
    ratioOf(turns, { what, quantity: 'cpuMs', ...PEER }),
    ratioOf(turns, { what: elsewhere, quantity: 'cpuMs', ...PREFLIGHT }),
    ratioOf(turns, { what: elsewhere, quantity: 'wallMs', ...PREFLIGHT }),
  ];
}

async function compareDownloadsIntoFiles(inTurns: InTurns): Promise<Measure[]> {
  const turns = await inTurns('getToFile', [
    'Larder',
    'node:http',
    'node:http, 256 KiB',
    'node:http, bare',
    'Larder, redirected',
  ]);
  const what = 'download into a file';
  return [
    ...compareWithPlain(turns, what),
    ratioOf(turns, { what: `${what}, redirected`, quantity: 'cpuMs', ...REDIRECTED }),
    ratioOf(turns, { what: `${what}, redirected`, quantity: 'wallMs', ...REDIRECTED }),
  ];
}

async function compareDownloadsAsStreams(inTurns: InTurns): Promise<Measure[]> {
  const turns = await inTurns('get', ['Larder', 'node:http', '@vercel/remote']);
  const what = 'download as a stream';
  return [
    ratioOf(turns, { what, quantity: 'cpuMs', ...BY_ITSELF }),
    ratioOf(turns, { what, quantity: 'cpuMs', ...PEER }),
    ratioOf(turns, { what, quantity: 'wallMs', ...BY_ITSELF }),
  ];
}

function compareWithPlain(
  turns: Turns<'Larder' | 'node:http' | 'node:http, 256 KiB' | 'node:http, bare'>,
  what: string,
): Measure[] {
  return [
    ratioOf(turns, { what, quantity: 'cpuMs', ...BY_ITSELF }, BOUNDS),
    ratioOf(turns, { what: `${what}, large reads`, quantity: 'cpuMs', ...LARGE_READS }, BOUNDS),
    ratioOf(turns, { what, quantity: 'wallMs', ...BY_ITSELF }),
    figureOf(turns, {
      what: `${what}: CPU of node:http without hashing`,
      subject: 'node:http, bare',
      quantity: 'cpuMs',
    }),
  ];
}
