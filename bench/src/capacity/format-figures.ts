import { formatQuantity } from '../report/format-quantity.ts';

const MILLION = 1_000_000;

export function formatCount(count: number): string {
  return count >= MILLION
    ? `${formatQuantity(count / MILLION, '')} million`
    : formatQuantity(count < 100 ? count : Math.round(count), '');
}

const BYTE_UNITS: readonly [string, number][] = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
];

export function formatBytes(bytes: number): string {
  const [unit, divisor] = BYTE_UNITS.find(([, each]) => bytes >= each) ?? ['kB', 1e3];
  return formatQuantity(bytes / divisor, unit);
}

export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function formatMs(timeMs: number): string {
  if (!Number.isFinite(timeMs)) return 'without end';
  return timeMs < 0.1 ? '0 ms' : formatQuantity(timeMs, 'ms');
}

export function formatDollars(dollars: number): string {
  return `$${formatQuantity(dollars < 10 ? dollars : Math.round(dollars), '')}`;
}
