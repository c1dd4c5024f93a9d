import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readEnvironment } from '@larder/e2e/environment';
import { foreignServerInstallation } from '@larder/e2e/installations/installation';
import { prepareInstallations } from '@larder/e2e/installations/prepare-installations';
import { type Cost } from '../processes/cost.ts';
import { type Bench, type BenchContext, type Measure, type Turns } from '../runner/bench.ts';
import { ensureTool } from '../runner/debian-tool.ts';
import { figureOf, ratioOf } from '../runner/measures.ts';
import { AT_ONCE, type StartServer, withServers } from './compare-servers.ts';
import { createSender } from './send-requests.ts';
import { startForeign, startLarder, startNginx } from './served-subject.ts';

const ROUNDS = 10;
const MEMORY_ROUNDS = 5;
const NGINX_ROUNDS = 5;
const CPU_BOUNDS = { gate: 0.5, aim: 0.35 };
const MEMORY_BOUNDS = { gate: 0.15, aim: 0.1 };
const MEMORY_TRANSFERS = 8;
const LARGE_BYTES = 100_000_000;

const SIZES = [
  { name: '10 MB', sizeBytes: 10_000_000, count: 8 },
  { name: '100 MB', sizeBytes: LARGE_BYTES, count: 2 },
];

const PAIR = { subject: '@larder/server', reference: 'turborepo-remote-cache' } as const;
const STARTS = { [PAIR.subject]: startLarder, [PAIR.reference]: startForeign } as const;

export const serverPeers: Bench = {
  name: 'server-peers',
  area: 'server',
  title: 'The server and others',
  question: 'What do large transfers take the server, turborepo-remote-cache and nginx?',
  async run(context) {
    const env = readEnvironment().inherited;
    await prepareInstallations([foreignServerInstallation], {
      env,
      onProgress: context.onProgress,
    });
    const nginxVersion = ensureTool('nginx', { debianPackage: 'nginx-light', versionFlag: '-v' });
    const measures = [...(await compareCpu(context)), await compareMemory(context)];
    if (nginxVersion !== null) measures.push(...(await measureNginx(context)));
    return {
      measures,
      notes: notesWith(nginxVersion),
      peers: {
        ...foreignServerInstallation.packages,
        ...(nginxVersion === null ? {} : { nginx: nginxVersion }),
      },
    };
  },
};

function compareCpu(context: BenchContext): Promise<Measure[]> {
  return withServers<keyof typeof STARTS, Measure[]>(context, STARTS, async (sendInTurns) => {
    const measures: Measure[] = [];
    for (const { name, sizeBytes, count } of SIZES) {
      for (const method of ['PUT', 'GET'] as const) {
        const what = `${method} ${name}`;
        context.onProgress(what);
        const turns = await sendInTurns({ method, sizeBytes, count }, ROUNDS);
        measures.push(ratioOf(turns, { ...PAIR, what, quantity: 'cpuMs' }, CPU_BOUNDS));
      }
    }
    return measures;
  });
}

/** Each round with servers that have just been started: the memory of a server is that of its past. */
async function compareMemory(context: BenchContext): Promise<Measure> {
  const what = `${MEMORY_TRANSFERS} × PUT 100 MB at once`;
  context.onProgress(what);
  const uploadTo = (start: StartServer) => () =>
    uploadAtOnce(start, join(context.folder, 'memory'));
  const turns: Turns<keyof typeof STARTS> = await context.inTurns(
    {
      [PAIR.subject]: uploadTo(startLarder),
      [PAIR.reference]: uploadTo(startForeign),
    },
    { rounds: MEMORY_ROUNDS, warmUp: false },
  );
  return ratioOf(turns, { ...PAIR, what, quantity: 'peakRssMb' }, MEMORY_BOUNDS);
}

async function uploadAtOnce(start: StartServer, folder: string): Promise<Cost> {
  const { server, target } = await start(folder);
  const sender = createSender(target);
  const requests = { method: 'PUT', sizeBytes: LARGE_BYTES, prefix: 'large-' } as const;
  try {
    return await server.during(
      () => sender.send({ ...requests, count: MEMORY_TRANSFERS, atOnce: MEMORY_TRANSFERS }),
      { withMemory: true },
    );
  } finally {
    sender.close();
    await server.end();
    await rm(folder, { recursive: true, force: true });
  }
}

function measureNginx(context: BenchContext): Promise<Measure[]> {
  return withServers(context, { nginx: startNginx }, async (sendInTurns) => {
    const measures: Measure[] = [];
    for (const { name, sizeBytes, count } of SIZES) {
      for (const method of ['PUT', 'GET'] as const) {
        context.onProgress(`nginx: ${method} ${name}`);
        const turns = await sendInTurns({ method, sizeBytes, count }, NGINX_ROUNDS);
        const what = `nginx: CPU of a ${method} of ${name}`;
        measures.push(figureOf(turns, { what, subject: 'nginx', quantity: 'cpuMs' }));
      }
    }
    return measures;
  });
}

function notesWith(nginxVersion: string | null): string[] {
  return [
    'turborepo-remote-cache keeps its artifacts in a local folder, computes no digest, syncs nothing ' +
      'and logs each request; `larder-server` computes one, syncs, and logs warnings only.',
    'nginx alone, with neither token nor digest nor sync, and SHA-256 (58 ms for 100 MB) together take ' +
      'about what the gate allows for an upload of 100 MB. Collections of the whole heap, half of our ' +
      'cost before, are gone; what could still go is a copy of each byte into the memory that is ' +
      'written (10 ms). The spread is that of a virtual machine whose memory comes and goes.',
    `CPU is that of one request, ${AT_ONCE} connections at most. Memory is the greatest of servers that ` +
      'have just been started.',
    nginxVersion === null
      ? 'nginx is not installed and could not be, so the limit is left out.'
      : 'nginx takes uploads by WebDAV and sends files with `sendfile`: no token, no digest, no sync. It ' +
        'is the limit, not a peer.',
  ];
}
