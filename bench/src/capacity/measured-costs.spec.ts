import { readKeptResults } from '../report/report-files.ts';
import { findMeasuredCosts } from './measured-costs.ts';

it('finds what the benches of the server have measured, dearer with each size', async () => {
  const { download, upload, requestCpuMs, rssMb } = findMeasuredCosts(await readKeptResults());
  for (const curve of [download, upload]) {
    const costs = curve.map(({ cpuMs }) => cpuMs);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    expect(requestCpuMs).toBeLessThan(costs[0]!);
  }
  expect(rssMb).toBeGreaterThan(50);
});

it('says which measurement is missing', () => {
  expect(() => findMeasuredCosts([])).toThrow('server-requests has not measured "HEAD 1 kB"');
});
