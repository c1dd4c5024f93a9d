import { createRequestCounts } from './request-counts.ts';

it('counts by route, method and class of status', () => {
  const counts = createRequestCounts();
  counts.add('/a/:hash', 'GET', 200);
  counts.add('/a/:hash', 'GET', 206);
  counts.add('/a/:hash', 'GET', 404);
  counts.add('/a/:hash', 'PUT', 202);
  counts.add('/a/:hash', 'PUT', null);
  expect(counts.list()).toEqual([
    { route: '/a/:hash', method: 'GET', status: '2xx', count: 2 },
    { route: '/a/:hash', method: 'GET', status: '4xx', count: 1 },
    { route: '/a/:hash', method: 'PUT', status: 'aborted', count: 1 },
    { route: '/a/:hash', method: 'PUT', status: '2xx', count: 1 },
  ]);
});

it('keeps requests that no route is for together', () => {
  const counts = createRequestCounts();
  for (const method of ['GET', 'PROPFIND', 'POST']) counts.add(undefined, method, 404);
  counts.add('/a', 'PROPFIND', 404);
  counts.add('/a', 'REPORT', 404);
  expect(counts.list()).toEqual([
    { route: 'other', method: 'other', status: '4xx', count: 3 },
    { route: '/a', method: 'other', status: '4xx', count: 2 },
  ]);
});
