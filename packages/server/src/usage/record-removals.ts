import type { RemovedArtifact } from '../storage/artifact-index.ts';
import type { UsageRecorder } from './usage-recorder.ts';

/** Counts artifacts that somebody has had removed. */
export function recordPurged(
  recorder: Pick<UsageRecorder, 'add'>,
  removed: readonly RemovedArtifact[],
): void {
  for (const { team, storedBytes } of removed) {
    recorder.add(team, 'purged_artifacts');
    recorder.add(team, 'purged_bytes', storedBytes);
  }
}
