/** Bytes, or milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  ms: 1,
  s: 1e3,
  min: 60e3,
  h: 3600e3,
};

/** An amount as people are shown it, in bytes or milliseconds. */
export interface ShownAmount {
  readonly amount: number;
  /** What its last digit counts: the exact amount is less than this away. */
  readonly step: number;
}

/** The amount that a text such as `1.2 MB` or `2 min 3 s` stands for. */
export function readAmount(text: string): ShownAmount {
  const parts = [...text.matchAll(/(\d+(?:\.(\d+))?) (\w+)/g)].map(
    ([, amount, decimals = '', unit = '']) => {
      const size = UNITS[unit] ?? NaN;
      return { amount: Number(amount) * size, step: size / 10 ** decimals.length };
    },
  );
  if (parts.length === 0) throw new Error(`"${text}" is no amount.`);
  return {
    amount: parts.reduce((sum, { amount }) => sum + amount, 0),
    step: Math.min(...parts.map(({ step }) => step)),
  };
}
