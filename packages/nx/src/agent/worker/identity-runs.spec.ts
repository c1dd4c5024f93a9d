// Runs without a token, whose job says by a signed identity what it is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CiIdentity } from '../../options/ci-identity.ts';
import { credentialName } from '../../options/credential-name.ts';
import { createAgentBed, type RunOptions, type TestRun } from '../../testing/agent-bed.fixture.ts';
import {
  answer,
  hang,
  proceed,
  reset,
  waitFor,
  type ArtifactsServer,
} from '../../testing/artifacts-server.fixture.ts';
import { createGate, until } from '../../testing/test-bed.fixture.ts';

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
  server.access = { audience: server.url, token: 'minted', access: 'read-write' };
});
afterEach(() => bed.cleanUp());

const identity: CiIdentity = { kind: 'signed', token: 'a.b.c' };

function openRun(options: RunOptions = {}) {
  const { identity: own = identity, token = null } = options;
  const credential = credentialName({ token, identity: own });
  const upstream = { url: server.url, teamId: null, slug: null, credential };
  return bed.openRun(server, { token: null, identity: own, upstream, ...options });
}

/** A run that gets its token and then finds the server out of reach. */
async function leaveBehind(): Promise<TestRun> {
  server.behaviour.status = reset;
  server.behaviour.put = reset;
  const run = await openRun();
  await run.put('1', 'built');
  expect(await run.close()).toMatchObject({ uploads: 0, pendingUploads: 1 });
  server.behaviour.status = proceed;
  server.behaviour.put = proceed;
  return run;
}

const authorizations = () =>
  server.requests
    .filter(({ kind }) => kind !== 'oidc')
    .map(({ headers }) => headers.authorization ?? 'none');

it('a run uses the token that its identity is exchanged for', async () => {
  const run = await openRun();
  server.keep(run.wireHash('1'), Buffer.from('found'));

  expect((await run.get('1')).body.toString()).toBe('found');
  expect(await run.put('2', 'built')).toBe(200);
  const report = await run.close();

  expect(report).toMatchObject({ hits: 1, uploads: 1, pendingUploads: 0, trouble: null });
  expect(server.identities).toEqual(['a.b.c']);
  expect(new Set(authorizations())).toEqual(new Set(['Bearer minted']));
});

it('what comes before the token waits for it', async () => {
  const gate = createGate();
  server.behaviour.oidc = waitFor(gate);
  const run = await openRun();
  server.keep(run.wireHash('1'), Buffer.from('found'));

  const lookup = run.get('1');
  const store = await run.put('2', 'built');
  const closing = run.close();
  await until('the identity has been shown', () => server.seen('oidc').length === 1);
  expect(authorizations()).toEqual([]);
  gate.open();

  expect(store).toBe(200);
  expect((await lookup).body.toString()).toBe('found');
  expect(await closing).toMatchObject({ uploads: 1, pendingUploads: 0, trouble: null });
});

it('commands of the same job share one token, those of another have their own', async () => {
  const runs = [
    await openRun(),
    await openRun(),
    await openRun({ identity: { kind: 'signed', token: 'd.e.f' } }),
  ];

  for (const run of runs) await run.get('1');

  expect(server.identities.sort()).toEqual(['a.b.c', 'd.e.f']);
});

it.each([
  ['refuses', 401, 'LARDER_OIDC_REFUSED'],
  ['knows no identities', 404, 'LARDER_OIDC_NOT_OFFERED'],
  ['is in trouble', 503, 'LARDER_OIDC_FAILED'],
])(
  'a server that %s costs the cache and one warning, and leaves nothing behind',
  async (_what, status, code) => {
    server.behaviour.oidc = answer(status);
    const run = await openRun();

    expect((await run.get('1')).status).toBe(404);
    expect(await run.put('1', 'built')).toBe(200);
    expect(await run.put('2', 'built')).toBe(200);
    const report = await run.close();

    expect(report).toMatchObject({ misses: 1, uploads: 0, pendingUploads: 0, trouble: { code } });
    expect(authorizations()).toEqual([]);
    expect(await bed.spooled()).toEqual([]);
  },
);

it('the next command tries again', async () => {
  server.behaviour.oidc = reset;
  const first = await openRun();
  expect((await first.get('1')).status).toBe(404);
  await first.close();
  server.behaviour.oidc = proceed;
  const second = await openRun();
  server.keep(second.wireHash('1'), Buffer.from('found'));

  expect((await second.get('1')).status).toBe(200);
});

it('a silent server holds nothing up for longer than a lookup would', async () => {
  server.behaviour.oidc = hang;
  const run = await openRun({ lookupTimeoutMs: 100 });

  expect((await run.get('1')).status).toBe(404);
  expect(await run.put('1', 'built')).toBe(200);

  expect(await run.close()).toMatchObject({
    pendingUploads: 0,
    trouble: { code: 'LARDER_OIDC_FAILED', detail: expect.stringContaining('200 ms') as string },
  });
});

it('a token that only reads uploads nothing, and that is no trouble', async () => {
  server.access = { audience: server.url, token: 'minted', access: 'read' };
  const run = await openRun();
  server.keep(run.wireHash('1'), Buffer.from('found'));

  expect((await run.get('1')).status).toBe(200);
  expect(await run.put('2', 'built')).toBe(200);

  expect(await run.close()).toMatchObject({ hits: 1, uploads: 0, trouble: null });
  expect(server.seen('put')).toEqual([]);
  expect(await bed.spooled()).toEqual([]);
});

it('what a job leaves behind is sent by itself, and never by one that may be trusted more', async () => {
  const run = await leaveBehind();

  const strangers = [
    await bed.openRun(server, { token: 'trusted' }),
    await openRun({ identity: { kind: 'signed', token: 'd.e.f' } }),
  ];
  for (const each of strangers) {
    await each.put('2', 'theirs');
    await each.close();
  }
  expect([...server.artifacts.keys()]).toEqual([run.wireHash('2')]);
  expect(await bed.spooled()).toHaveLength(1);

  await openRun();
  await until('it is sent', () => server.artifacts.has(run.wireHash('1')));
});

it('nothing of an identity or its token is written to disk', async () => {
  await leaveBehind();

  const files = readdirSync(bed.dataDirectory, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  );
  for (const { parentPath, name } of files) {
    expect(readFileSync(join(parentPath, name), 'latin1')).not.toMatch(/minted|a\.b\.c/);
  }
});
