// What all Leases must do, whatever they stand on and whether others want them or not.
import type { Leases } from './leases.ts';

export function describeLeases(
  name: string,
  create: () => Promise<{ leases: Leases; close: () => Promise<void> }>,
): void {
  describe(`${name} as leases`, () => {
    let leases: Leases;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ leases, close } = await create());
    });
    afterEach(() => close());

    it('gives a lease that nobody has', async () => {
      expect(await leases.acquire('one', 60_000)).toBe(true);
      expect(await leases.acquire('another', 60_000)).toBe(true);
    });

    it('gives a lease anew to whoever has it', async () => {
      expect(await leases.acquire('one', 60_000)).toBe(true);
      expect(await leases.acquire('one', 60_000)).toBe(true);
    });

    it('takes a lease back, which can be had again', async () => {
      await leases.acquire('one', 60_000);
      await leases.release('one');
      expect(await leases.acquire('one', 60_000)).toBe(true);
    });

    it('minds no lease that is given back without having been given', async () => {
      await leases.release('never given');
      await leases.acquire('one', 60_000);
      await leases.release('one');
      await leases.release('one');
      expect(await leases.acquire('one', 60_000)).toBe(true);
    });
  });
}
