import { createWaitingHistogram } from './waiting-histogram.ts';
import { type Waiting } from './waiting-model.ts';

/** What was seen in the watched hour. */
export interface SimulatedLoad {
  readonly requestsPerSecond: number;
  readonly downloadMbPerSecond: number;
  readonly uploadMbPerSecond: number;
  readonly insertsPerSecond: number;
  /** Of a replica's core, and of the busiest replica. */
  readonly utilization: number;
  readonly greatestUtilization: number;
  readonly waiting: Waiting;
  /** Of the busiest minute of the day, in requests a second. */
  readonly peakMinuteRequestsPerSecond: number;
}

/** Counts what happens in one hour of the day, which may be played in fewer minutes. */
export interface LoadMeter {
  noteRequest(atMs: number): void;
  noteWork(atMs: number, work: { replica: number; waitedMs: number; serviceMs: number }): void;
  noteDownload(atMs: number, sizeBytes: number): void;
  noteUpload(atMs: number, sizeBytes: number): void;
  read(): SimulatedLoad;
}

export const MINUTE_MS = 60_000;
const BYTES_PER_MB = 1_000_000;

export function createLoadMeter({
  replicas,
  watchedHour,
  minutesPerHour,
}: {
  readonly replicas: number;
  readonly watchedHour: number;
  readonly minutesPerHour: number;
}): LoadMeter {
  const hourMs = minutesPerHour * MINUTE_MS;
  const fromMs = watchedHour * hourMs;
  const isWatched = (atMs: number) => atMs >= fromMs && atMs < fromMs + hourMs;
  const counts = { requests: 0, downloadBytes: 0, uploadBytes: 0, inserts: 0 };
  const requestsByMinute = new Float64Array(24 * minutesPerHour + 1);
  const busyMs = new Float64Array(replicas);
  const waiting = createWaitingHistogram();

  return {
    noteRequest(atMs) {
      const minute = Math.min(Math.floor(atMs / MINUTE_MS), requestsByMinute.length - 1);
      requestsByMinute[minute] = (requestsByMinute[minute] ?? 0) + 1;
      if (isWatched(atMs)) counts.requests += 1;
    },

    noteWork(atMs, { replica, waitedMs, serviceMs }) {
      if (!isWatched(atMs)) return;
      waiting.note(waitedMs);
      busyMs[replica] = (busyMs[replica] ?? 0) + serviceMs;
    },

    noteDownload(atMs, sizeBytes) {
      if (isWatched(atMs)) counts.downloadBytes += sizeBytes;
    },

    noteUpload(atMs, sizeBytes) {
      if (!isWatched(atMs)) return;
      counts.inserts += 1;
      counts.uploadBytes += sizeBytes;
    },

    read() {
      const seconds = hourMs / 1000;
      const utilizations = [...busyMs].map((busy) => busy / hourMs);
      return {
        requestsPerSecond: counts.requests / seconds,
        downloadMbPerSecond: counts.downloadBytes / BYTES_PER_MB / seconds,
        uploadMbPerSecond: counts.uploadBytes / BYTES_PER_MB / seconds,
        insertsPerSecond: counts.inserts / seconds,
        utilization: utilizations.reduce((sum, each) => sum + each, 0) / replicas,
        greatestUtilization: Math.max(...utilizations),
        waiting: waiting.quantiles(),
        peakMinuteRequestsPerSecond: Math.max(...requestsByMinute) / (MINUTE_MS / 1000),
      };
    },
  };
}
