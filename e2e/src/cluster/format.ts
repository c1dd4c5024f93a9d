// What people read of the results.
import { type MemoryUse } from './measure-memory.ts';
import { type Race, type Timings } from './race-artifacts.ts';
import { type MigrationResult } from './run-migration.ts';
import { type Outages, type OutageStep } from './run-outages.ts';

export function formatRace({ artifacts, raced, uploads, downloads, problems }: Race): string {
  return lines(
    `${artifacts} artifacts, ${raced} hashes raced for, ${problems.length} problems`,
    `pushed  ${formatTimings(uploads)}`,
    `pulled  ${formatTimings(downloads)}`,
  );
}

function formatTimings({ requests, bytes, seconds, p50Ms, p95Ms, p99Ms }: Timings): string {
  const rate = (requests / seconds).toFixed(0);
  const megabytes = (bytes / 1e6 / seconds).toFixed(1);
  const times = [p50Ms, p95Ms, p99Ms].map((ms) => ms.toFixed(0)).join(' / ');
  return `${rate}/s, ${megabytes} MB/s, p50/p95/p99 ${times} ms (${seconds.toFixed(1)} s)`;
}

export function formatStep({ name, builds, recoveryMs }: OutageStep): string {
  const served = recoveryMs === null ? '' : `, pushes and pulls after ${Math.round(recoveryMs)} ms`;
  return `  ${name}: ${builds} builds${served}`;
}

export function formatOutages(outages: Outages): string {
  const { acknowledged, refused, reads, missed, verified, problems } = outages;
  return lines(
    `${acknowledged} uploads acknowledged, ${refused} refused; ${reads} reads, ${missed} of them missed`,
    `${verified} artifacts compared at the end, ${problems.length} problems`,
  );
}

export function formatMigration(migration: MigrationResult): string {
  const { artifacts, seconds, summary, verified, problems } = migration;
  return lines(
    `${artifacts} artifacts in ${seconds.toFixed(1)} s: ${summary}`,
    `${verified} are the same on the cluster, ${problems.length} problems`,
  );
}

export function formatMemory({ idleMb, peakMb, seconds, problems }: MemoryUse): string {
  return lines(
    `8 × 100 MB at once in ${seconds.toFixed(1)} s: ${idleMb.toFixed(0)} MB before, ` +
      `${peakMb.toFixed(0)} MB at most, ${problems.length} problems`,
  );
}

function lines(...texts: string[]): string {
  return texts.map((text) => `  ${text}`).join('\n');
}
