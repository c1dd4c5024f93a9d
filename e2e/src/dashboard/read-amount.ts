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

/** The amount that a text such as `1.2 MB` or `2 min 3 s` stands for. */
export function readAmount(text: string): number {
  const parts = [...text.matchAll(/([\d.]+) (\w+)/g)];
  if (parts.length === 0) throw new Error(`"${text}" is no amount.`);
  return parts.reduce(
    (sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS[unit] ?? NaN),
    0,
  );
}
