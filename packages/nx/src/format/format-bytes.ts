const units = ['kB', 'MB', 'GB', 'TB'] as const;

/** A size for people, in decimal units: `0 B`, `999 B`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  let rounded = Math.round(bytes);
  if (rounded < 1000) return `${rounded} B`;
  let shown = bytes;
  let unit = 'B';
  for (const next of units) {
    shown /= 1000;
    unit = next;
    rounded = Math.round(shown * 10) / 10;
    if (rounded < 1000) break;
  }
  return `${rounded.toFixed(1)} ${unit}`;
}
