import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { MetadataStore } from '../storage/metadata-store.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import { createTemporaryFolder, removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { createToken, type TokenPolicy } from './create-token.ts';
import { createTokenVerifier } from './token-verifier.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

const POLICY: TokenPolicy = {
  label: 'pull requests',
  access: 'read-write',
  scope: 'isolated:pr',
  teams: ['a'],
  origin: null,
  expiresAtMs: null,
};

let metadata: MetadataStore;

beforeEach(async () => {
  metadata = await openSqliteStore(join(await createTemporaryFolder(), 'larder.sqlite'));
});
afterEach(() => metadata.close());
afterAll(removeTemporaryFolders);

async function createStored(policy: Partial<TokenPolicy> = {}) {
  const created = createToken({ ...POLICY, ...policy }, NOW_MS);
  await metadata.tokens.add(created.stored);
  return created;
}

function verify(token: string, tokens: Parameters<typeof createTokenVerifier>[0]['tokens'] = []) {
  return createTokenVerifier({ tokens, store: metadata.tokens, now: () => NOW_MS })(token);
}

it('knows configured tokens by themselves and by their digest', async () => {
  const sha256 = createHash('sha256').update('secret').digest('hex');
  const principal = {
    tokenId: sha256.slice(0, 8),
    label: sha256.slice(0, 8),
    access: 'read',
    scope: 'trusted',
    teams: null,
    origin: null,
    expiresAtMs: null,
  };
  expect(await verify('secret', [{ token: 'secret', access: 'read' }])).toEqual(principal);
  expect(await verify('secret', [{ sha256, access: 'read' }])).toEqual(principal);
  expect(await verify('secre', [{ token: 'secret', access: 'read' }])).toBeNull();
});

it('refuses a configured token from its expiry on', async () => {
  const token = (expiresAt: string) => [{ token: 'secret', access: 'read' as const, expiresAt }];
  expect(await verify('secret', token('2026-01-01T00:00:00.001Z'))).toMatchObject({
    expiresAtMs: NOW_MS + 1,
  });
  expect(await verify('secret', token('2026-01-01T01:00:00+01:00'))).toBeNull();
});

it('knows a stored token and what it is good for', async () => {
  const expiresAtMs = NOW_MS + 1;
  const { token, stored } = await createStored({ expiresAtMs });
  expect(await verify(token)).toEqual({
    tokenId: stored.id,
    label: 'pull requests',
    access: 'read-write',
    scope: 'isolated:pr',
    teams: new Set(['a']),
    origin: null,
    expiresAtMs,
  });
});

it('refuses a stored token that is unknown, expired or revoked', async () => {
  const expired = await createStored({ expiresAtMs: NOW_MS });
  const revoked = await createStored();
  await metadata.tokens.revoke(revoked.stored.id, NOW_MS);
  expect(await verify(expired.token)).toBeNull();
  expect(await verify(revoked.token)).toBeNull();
  expect(await verify('unknown')).toBeNull();
});

it('keeps nothing by which a stored token could be used', async () => {
  const { token, stored } = await createStored();
  expect(JSON.stringify(await metadata.tokens.list())).not.toContain(token);
  expect(await verify(stored.sha256)).toBeNull();
  expect(await verify(stored.id)).toBeNull();
});
