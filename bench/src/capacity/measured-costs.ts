import { type StoredResult } from '../runner/run-bench.ts';
import { type MeasuredCosts, type SizeCurve } from './service-times.ts';

const SIZES = [
  { name: '1 kB', sizeBytes: 1_000, bench: 'server-requests' },
  { name: '100 kB', sizeBytes: 100_000, bench: 'server-transfers' },
  { name: '1 MB', sizeBytes: 1_000_000, bench: 'server-transfers' },
  { name: '10 MB', sizeBytes: 10_000_000, bench: 'server-transfers' },
  { name: '100 MB', sizeBytes: 100_000_000, bench: 'server-transfers' },
] as const;

/**
 * What the benches of the server found.
 *
 * @throws Error when a result that is needed is not there.
 */
export function findMeasuredCosts(results: readonly StoredResult[]): MeasuredCosts {
  const measureOf = (bench: string, what: string) => {
    const measure = results
      .find(({ name }) => name === bench)
      ?.measures.find((each) => each.what === what);
    if (measure === undefined) throw new Error(`The bench ${bench} has not measured "${what}".`);
    return measure.kind === 'ratio' ? measure.subject.value.median : measure.value.median;
  };
  const curveOf = (method: 'GET' | 'PUT'): SizeCurve =>
    SIZES.map(({ name, sizeBytes, bench }) => ({
      sizeBytes,
      cpuMs: measureOf(bench, `${method} ${name}`),
    }));
  return {
    requestCpuMs: measureOf('server-requests', 'HEAD 1 kB'),
    download: curveOf('GET'),
    upload: curveOf('PUT'),
    rssMb: measureOf('server-memory', 'uploads: peak RSS'),
  };
}
