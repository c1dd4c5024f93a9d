// What docs/comparison.md says of our own figures, without naming them: a new measurement may turn it
// around, and then the page has to be corrected.
import { readKeptResults } from './report-files.ts';

/** A sentence of the page, by the ratios that it rests on and the most that they may be. */
interface Claim {
  readonly says: string;
  readonly bench: string;
  readonly what: RegExp;
  readonly quantity: RegExp;
  readonly isBelow?: number;
  readonly isAbove?: number;
}

const claims: readonly Claim[] = [
  {
    says: "50 tasks of 1 MB take less time and less CPU with Nx's own client than with the plugin",
    bench: 'nx-small',
    what: /^hooks, (?:cold|warm)/,
    quantity: /wall|CPU/,
    isAbove: 1,
  },
  {
    says: "5 tasks of 100 MB take less time and less CPU with the fast lane than with Nx's client",
    bench: 'nx-large',
    what: /^fast lane, cold/,
    quantity: /wall|CPU/,
    isBelow: 1,
  },
  {
    says: 'the runner adds less time than @vercel/remote-nx, cold and warm',
    bench: 'nx-runner',
    what: /^runner, (?:cold|warm)/,
    quantity: /wall/,
    isBelow: 1,
  },
  {
    says: 'the server takes less CPU than turborepo-remote-cache for large transfers',
    bench: 'server-peers',
    what: /^(?:PUT|GET) \d+ MB$/,
    quantity: /CPU/,
    isBelow: 1,
  },
  {
    says: 'and far less memory',
    bench: 'server-peers',
    what: /PUT 100 MB at once/,
    quantity: /RSS/,
    isBelow: 0.5,
  },
];

it.each(claims)('$bench: $says', async (claim) => {
  const { bench, what, quantity, isBelow = Infinity, isAbove = 0 } = claim;
  const result = (await readKeptResults()).find(({ name }) => name === bench);
  const ratios = (result?.measures ?? []).flatMap((measure) =>
    measure.kind === 'ratio' && what.test(measure.what) && quantity.test(measure.quantity)
      ? measure.value.median
      : [],
  );
  expect(ratios).not.toEqual([]);
  for (const ratio of ratios) {
    expect(ratio).toBeLessThan(isBelow);
    expect(ratio).toBeGreaterThan(isAbove);
  }
});
