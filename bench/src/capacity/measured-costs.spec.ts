import { readKeptResults } from '../report/report-files.ts';
import { findClusterCosts, findMeasuredCosts } from './measured-costs.ts';

it('finds what the benches of the server have measured, dearer with each size', async () => {
  const { download, upload, requestCpuMs, rssMb } = findMeasuredCosts(await readKeptResults());
  for (const curve of [download, upload]) {
    const costs = curve.map(({ cpuMs }) => cpuMs);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    expect(requestCpuMs).toBeLessThan(costs[0]!);
  }
  expect(rssMb).toBeGreaterThan(50);
});

it('finds what PostgreSQL and a bucket add, which is something each time', async () => {
  const { database, bucket } = findClusterCosts(await readKeptResults());
  for (const cost of Object.values({ ...database, ...bucket })) expect(cost).toBeGreaterThan(0);
  expect(database.readMs).toBeLessThan(database.writeMs);
  expect(database.readCpuMs).toBeLessThan(database.writeCpuMs);
});

it('says which measurement is missing', () => {
  expect(() => findMeasuredCosts([])).toThrow('server-requests has not measured "HEAD 1 kB"');
  expect(() => findClusterCosts([])).toThrow('server-cluster has not measured');
});
