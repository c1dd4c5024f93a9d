import { createRequestCounts } from '../usage/request-counts.ts';
import { createUsageRecorder } from '../usage/usage-recorder.ts';
import { collectMetrics } from './collect-metrics.ts';

it('tells what there is to tell while the storage fails, and that it does', async () => {
  const { values } = await collectMetrics({
    recorder: createUsageRecorder(),
    requests: createRequestCounts(),
    index: { usage: () => Promise.reject(new Error('no disk')) },
    limits: { maxStoreSizeBytes: 5, maxTeamSizeBytes: null, maxAgeMs: null },
    reserved: { uploads: 0, bytes: 0 },
    connections: 1,
  });
  expect(values.larder_store_bytes).toBeUndefined();
  expect(values).toMatchObject({
    larder_storage_errors_total: [{ value: 1 }],
    larder_store_limit_bytes: [{ value: 5 }],
    larder_connections: [{ value: 1 }],
  });
});
