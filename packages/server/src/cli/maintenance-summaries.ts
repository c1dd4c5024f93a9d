// What `verify`, `rebuild` and `migrate` print at their end.
import type { Migration } from '../maintenance/migrate-storage.ts';
import type { StorageRebuild } from '../maintenance/rebuild-storage.ts';
import type { Finding, Verification } from '../maintenance/verify-artifacts.ts';

export function formatVerification(verification: Verification): string {
  const { artifacts, bytes, quarantined, missing, unreadable, orphans, undescribed } = verification;
  const lines = [
    ...quarantined.map((finding) => `quarantined  ${formatFinding(finding)}`),
    ...missing.map((finding) => `missing      ${formatFinding(finding)}`),
    ...unreadable.map((finding) => `unreadable   ${formatFinding(finding)}`),
    `${artifacts} artifacts, ${bytes} bytes: ${quarantined.length} quarantined, ` +
      `${missing.length} missing, ${unreadable.length} unreadable`,
  ];
  if (orphans.length > 0) {
    lines.push(`${orphans.length} files belong to no artifact; the next start removes them`);
  }
  if (undescribed > 0) {
    lines.push(`${undescribed} artifacts do not say what they are; a rebuild would lose them`);
  }
  return toText(lines);
}

export function formatMigration({ copied, bytes, present, failed, tokens }: Migration): string {
  return toText([
    ...failed.map((finding) => `not copied   ${formatFinding(finding)}`),
    `${copied} artifacts, ${bytes} bytes and ${tokens} tokens copied; ${present} artifacts were there, ` +
      `${failed.length} could not be copied`,
  ]);
}

export function formatRebuild(rebuild: StorageRebuild): string {
  const { damagedIndex, added, kept, removedRecords, removedDuplicates, undescribed } = rebuild;
  const lines = [
    `${added} artifacts added to the index, ${kept} kept, ${removedRecords} records and ` +
      `${removedDuplicates} duplicates removed`,
  ];
  if (undescribed > 0) {
    lines.push(`${undescribed} files do not say what they are; the next start removes them`);
  }
  if (damagedIndex !== null) {
    lines.push(
      `The damaged index is ${damagedIndex} now.`,
      'Tokens that were in it are gone: create new ones with "larder-server token create".',
    );
  }
  return toText(lines);
}

function formatFinding({ key, blob, problem }: Finding): string {
  return `${JSON.stringify(key)} ${blob}: ${problem}`;
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
