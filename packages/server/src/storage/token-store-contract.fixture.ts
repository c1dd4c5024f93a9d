// What every TokenStore must do, whatever it stands on.
import type { StoredToken, TokenStore } from '../tokens/token-store.ts';

const TOKEN: StoredToken = {
  id: 'a1',
  sha256: 'a'.repeat(64),
  label: "it's ünïcödé",
  access: 'read-write',
  scope: 'isolated:pr/1/refs/pull/7/merge',
  teams: ['', 'team_a'],
  origin: { repository: 'acme/shop', ref: 'refs/pull/7/merge', run: null },
  createdAtMs: 1_795_000_000_000,
  expiresAtMs: 1_795_000_000_001,
  revokedAtMs: null,
};

const PLAIN_TOKEN: StoredToken = {
  ...TOKEN,
  id: 'b2',
  sha256: 'b'.repeat(64),
  scope: 'trusted',
  teams: null,
  origin: null,
  expiresAtMs: null,
};

export function describeTokenStore(
  name: string,
  create: () => Promise<{ store: TokenStore; close: () => Promise<void> }>,
): void {
  describe(`${name} as a token store`, () => {
    let store: TokenStore;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ store, close } = await create());
      await store.add(TOKEN);
      await store.add(PLAIN_TOKEN);
    });
    afterEach(() => close());

    it('returns tokens by digest as they were added', async () => {
      expect(await store.findByDigest(TOKEN.sha256)).toEqual(TOKEN);
      expect(await store.findByDigest(PLAIN_TOKEN.sha256)).toEqual(PLAIN_TOKEN);
      expect(await store.findByDigest('c'.repeat(64))).toBeNull();
    });

    it('takes no second token of the same id or digest', async () => {
      const failure = { code: 'LARDER_SERVER_STORAGE_FAILED' };
      await expect(store.add({ ...TOKEN, id: 'c3' })).rejects.toMatchObject(failure);
      await expect(store.add({ ...TOKEN, sha256: 'c'.repeat(64) })).rejects.toMatchObject(failure);
    });

    it('lists all of them, the oldest first', async () => {
      const oldest = { ...TOKEN, id: 'z', sha256: 'c'.repeat(64), createdAtMs: 1 };
      await store.add(oldest);
      expect(await store.list()).toEqual([oldest, TOKEN, PLAIN_TOKEN]);
    });

    it('revokes a token once', async () => {
      expect(await store.revoke(TOKEN.id, 5)).toBe(true);
      expect(await store.revoke(TOKEN.id, 6)).toBe(false);
      expect(await store.revoke('absent', 6)).toBe(false);
      expect(await store.list()).toEqual([{ ...TOKEN, revokedAtMs: 5 }, PLAIN_TOKEN]);
    });

    it('forgets what has expired, and nothing that never does', async () => {
      expect(await store.removeExpired(TOKEN.expiresAtMs ?? 0)).toBe(0);
      expect(await store.removeExpired((TOKEN.expiresAtMs ?? 0) + 1)).toBe(1);
      expect(await store.list()).toEqual([PLAIN_TOKEN]);
    });
  });
}
