import { once, EventEmitter } from 'node:events';
import { openTestStores, storeArtifact, type TestStores } from '../testing/stores.fixture.ts';
import { removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { createOrphanSweep, type OrphanSweep } from './orphan-sweep.ts';
import { ORPHAN_AGE_MS } from './orphans.ts';

const KEY = { team: 'a', scope: 'trusted', api: 'artifacts', hash: 'h' } as const;

let stores: TestStores;
let sweep: OrphanSweep | undefined;

beforeEach(async () => {
  stores = await openTestStores();
  const { blob } = await storeArtifact(stores, KEY, { body: 'bytes' });
  await stores.index.remove(KEY, blob);
});
afterEach(async () => {
  await sweep?.close();
  await stores.close();
});
afterAll(removeTemporaryFolders);

function start(acquire: () => Promise<boolean>): EventEmitter {
  const events = new EventEmitter();
  sweep = createOrphanSweep({
    ...stores,
    leases: { acquire },
    onSwept: (count) => events.emit('swept', count),
    onTrouble: (message, cause) => events.emit('trouble', message, cause),
    now: () => Date.now() + 2 * ORPHAN_AGE_MS,
  });
  return events;
}

it('sweeps at the start when it gets the lease', async () => {
  expect(await once(start(() => Promise.resolve(true)), 'swept')).toEqual([1]);
});

it('leaves it to the one that has the lease', async () => {
  let wasAsked = false;
  const events = start(() => {
    wasAsked = true;
    return Promise.resolve(false);
  });
  events.on('swept', () => {
    throw new Error('swept');
  });
  await sweep?.close();
  expect(wasAsked).toBe(true);
});

it('tells of trouble and goes on', async () => {
  const failure = new Error('the database is down');
  const events = start(() => Promise.reject(failure));
  expect(await once(events, 'trouble')).toEqual([expect.any(String), failure]);
});
