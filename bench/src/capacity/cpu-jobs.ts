// How the CPU time of requests comes up: not at once, but in pieces that other requests go between. The
// model and the simulation stand on the same pieces.
import { type ServiceTimes } from './service-times.ts';

const PIECE_BYTES = 1_000_000;

/** A body is moved in pieces that arrive one after the other. */
export function piecesOf(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / PIECE_BYTES));
}

/** Looking up: the request itself, and the reads that it waits for. */
export function lookupJobMs(times: ServiceTimes, reads: number): number {
  return times.requestCpuMs + reads * times.statementCpuMs;
}

/** Each piece of a download. */
export function downloadJobMs(times: ServiceTimes, sizeBytes: number): number {
  const body = times.downloadCpuMs(sizeBytes) - times.requestCpuMs;
  return Math.max(0, body) / piecesOf(sizeBytes);
}

/** Each piece of an upload. */
export function uploadJobMs(times: ServiceTimes, sizeBytes: number): number {
  const body = times.uploadCpuMs(sizeBytes) - times.requestCpuMs;
  return Math.max(0, body) / piecesOf(sizeBytes);
}
