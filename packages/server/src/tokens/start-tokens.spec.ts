import { join } from 'node:path';
import type { MetadataStore } from '../storage/metadata-store.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import { createTemporaryFolder, removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { createToken } from './create-token.ts';
import type { ServerToken } from './server-token.ts';
import { findStartTokens } from './start-tokens.ts';

const WRITER: ServerToken = { token: 'writer', access: 'read-write' };
const READER: ServerToken = { token: 'reader', access: 'read' };
const ISOLATED: ServerToken = { token: 'pr', access: 'read-write', scope: 'isolated:pr' };

let dataDirectory: string;
let metadata: MetadataStore;

beforeEach(async () => {
  dataDirectory = await createTemporaryFolder();
  metadata = await openSqliteStore(join(dataDirectory, 'larder.sqlite'));
});
afterEach(() => metadata.close());
afterAll(removeTemporaryFolders);

function find(configured: readonly ServerToken[], host = '127.0.0.1', hasIssuers = false) {
  return findStartTokens({ configured, hasIssuers, host, dataDirectory, store: metadata.tokens });
}

async function addStored(access: 'read' | 'read-write', expiresAtMs: number | null = null) {
  const { stored } = createToken(
    { label: 'x', access, scope: 'trusted', teams: null, origin: null, expiresAtMs },
    Date.now(),
  );
  await metadata.tokens.add(stored);
}

it.each<[string, ServerToken[], boolean]>([
  ['one writer', [WRITER], true],
  ['two writers', [WRITER, { ...WRITER, token: 'other', teams: ['a'] }], true],
  ['a writer and a reader', [WRITER, READER], false],
  ['a writer and an isolated one', [WRITER, ISOLATED], false],
  ['a reader', [READER], false],
  ['none but the local one', [], false],
])('with %s it is known whether all may poison', async (_what, configured, mayAllPoison) => {
  expect(await find(configured)).toMatchObject({ mayAllPoison });
});

it('counts what was created as well as what is configured', async () => {
  await addStored('read-write');
  expect((await find([])).mayAllPoison).toBe(true);
  await addStored('read');
  expect((await find([])).mayAllPoison).toBe(false);
});

it('makes a token of its own for loopback only', async () => {
  const { localToken, tokens } = await find([]);
  expect(tokens).toEqual([{ token: localToken, access: 'read-write', label: 'local' }]);
  expect((await find([], 'localhost')).localToken).toBe(localToken);
  await expect(find([], '0.0.0.0')).rejects.toMatchObject({
    code: 'LARDER_SERVER_HOST_NEEDS_TOKENS',
  });
});

it('needs no configured token beyond loopback once one was created, unless it has expired', async () => {
  await addStored('read', Date.now() - 1);
  await expect(find([], '0.0.0.0')).rejects.toMatchObject({
    code: 'LARDER_SERVER_HOST_NEEDS_TOKENS',
  });
  await addStored('read');
  expect(await find([], '0.0.0.0')).toMatchObject({ localToken: null, tokens: [] });
});

it('needs no token where jobs get one for their identities', async () => {
  expect(await find([], '0.0.0.0', true)).toMatchObject({ localToken: null, tokens: [] });
  expect(await find([WRITER], '0.0.0.0', true)).toMatchObject({ mayAllPoison: false });
});
