import { type StoredResult } from '../runner/run-bench.ts';
import {
  type ClusterCosts,
  type MeasuredCosts,
  partRequestsOf,
  type SizeCurve,
} from './service-times.ts';
import { TOKEN_READS } from './traffic.ts';

const SIZES = [
  { name: '1 kB', sizeBytes: 1_000, bench: 'server-requests' },
  { name: '100 kB', sizeBytes: 100_000, bench: 'server-transfers' },
  { name: '1 MB', sizeBytes: 1_000_000, bench: 'server-transfers' },
  { name: '10 MB', sizeBytes: 10_000_000, bench: 'server-transfers' },
  { name: '100 MB', sizeBytes: 100_000_000, bench: 'server-transfers' },
] as const;

/** Of the larger artifacts of the bench, beside which its small ones are nothing. */
const LARGE_MB = 10;

/**
 * What the benches of the server found.
 *
 * @throws Error when a result that is needed is not there.
 */
export function findMeasuredCosts(results: readonly StoredResult[]): MeasuredCosts {
  const curveOf = (method: 'GET' | 'PUT'): SizeCurve =>
    SIZES.map(({ name, sizeBytes, bench }) => ({
      sizeBytes,
      cpuMs: measuresOf(results, bench).valueOf(`${method} ${name}`),
    }));
  return {
    requestCpuMs: measuresOf(results, 'server-requests').valueOf('HEAD 1 kB'),
    download: curveOf('GET'),
    upload: curveOf('PUT'),
    rssMb: measuresOf(results, 'server-memory').valueOf('uploads: peak RSS'),
  };
}

/**
 * What the bench of a server with PostgreSQL and a bucket found.
 *
 * @throws Error when a result that is needed is not there.
 */
export function findClusterCosts(results: readonly StoredResult[]): ClusterCosts {
  const { valueOf, differenceOf } = measuresOf(results, 'server-cluster');
  const downloadCpuMs = differenceOf('GET 1 kB with a bucket');
  const uploadCpuMs = differenceOf('PUT 1 kB with a bucket');
  const requestsOfUpload = partRequestsOf(LARGE_MB * 1_000_000);
  return {
    database: {
      readMs: valueOf('select: wall'),
      writeMs: valueOf('insert: wall'),
      // A token and a scope.
      replicaCpuMs: differenceOf('HEAD 1 kB with PostgreSQL') / (TOKEN_READS + 1),
      readCpuMs: valueOf('select: CPU of PostgreSQL'),
      writeCpuMs: valueOf('insert: CPU of PostgreSQL'),
      rowBytes: valueOf('a row of the index with its indexes') * 1_000,
    },
    bucket: {
      downloadCpuMs,
      downloadCpuMsPerMb: perMegabyte(differenceOf('GET 10 MB with a bucket') - downloadCpuMs),
      uploadCpuMs,
      uploadCpuMsPerMb: perMegabyte(
        differenceOf('PUT 10 MB with a bucket') - requestsOfUpload * uploadCpuMs,
      ),
    },
  };
}

/** What is within the spread of the bench may come out below nothing. */
function perMegabyte(cpuMs: number): number {
  return Math.max(0, cpuMs / LARGE_MB);
}

/** Finds what a bench has measured by its name; an Error when it has not. */
function measuresOf(results: readonly StoredResult[], bench: string) {
  const measures = results.find(({ name }) => name === bench)?.measures ?? [];
  const find = (what: string) => {
    const measure = measures.find((each) => each.what === what);
    if (measure === undefined) throw new Error(`The bench ${bench} has not measured "${what}".`);
    return measure;
  };
  return {
    /** The median; of a pair that of its subject. */
    valueOf: (what: string): number => {
      const measure = find(what);
      return measure.kind === 'ratio' ? measure.subject.value.median : measure.value.median;
    },
    /** By how much the subject of a pair takes more than what it is held against. */
    differenceOf: (what: string): number => {
      const measure = find(what);
      if (measure.kind === 'figure') throw new Error(`"${what}" of ${bench} is no pair.`);
      return measure.subject.value.median - measure.reference.value.median;
    },
  };
}
