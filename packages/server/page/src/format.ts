// Numbers as people read them.

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes with three digits at most, in powers of 1000. */
export function formatBytes(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < BYTE_UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 99.95 ? 0 : 1;
  return `${amount.toFixed(digits)} ${BYTE_UNITS[unit] ?? ''}`;
}

const DURATION_UNITS = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
] as const;

/** A time in its two largest units. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1_000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1_000);
  for (const [index, { name, ms }] of DURATION_UNITS.entries()) {
    const whole = Math.floor((seconds * 1_000) / ms);
    if (whole === 0) continue;
    const rest = seconds - (whole * ms) / 1_000;
    const smaller = DURATION_UNITS[index + 1] ?? { name: 's', ms: 1_000 };
    const wholeRest = Math.floor((rest * 1_000) / smaller.ms);
    return wholeRest === 0 ? `${whole} ${name}` : `${whole} ${name} ${wholeRest} ${smaller.name}`;
  }
  return `${seconds} s`;
}

/** A share from 0 to 1; what is not quite all does not read as all, nor what is something as nothing. */
export function formatShare(share: number): string {
  const percent = share * 100;
  const rounded = Math.round(percent * 10) / 10;
  if (share < 1 && rounded === 100) return '99.9 %';
  if (share > 0 && rounded === 0) return '0.1 %';
  return `${Number.isInteger(rounded) ? rounded : rounded.toFixed(1)} %`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

/** Makes texts of points in time, in the reader's own time zone unless told otherwise. */
export function timeFormat(options: Intl.DateTimeFormatOptions): (timeMs: number) => string {
  // Made once, when it is needed: that takes longer than to format a hundred times.
  let format: Intl.DateTimeFormat | undefined;
  return (timeMs) => (format ??= new Intl.DateTimeFormat('en-GB', options)).format(timeMs);
}

export const formatTime = timeFormat({ dateStyle: 'medium', timeStyle: 'short' });
