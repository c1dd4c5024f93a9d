import type { OpenArtifactCache } from '../artifacts/open-artifact-cache.ts';
import type { EvictionLimits } from '../eviction/evictor.ts';
import { collectMetrics } from '../metrics/collect-metrics.ts';
import type { RecentTrouble } from '../logging/recent-trouble.ts';
import type { MetricsAccess } from '../metrics/metrics-access.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { MetadataStore } from '../storage/metadata-store.ts';
import type { UsageWriter } from '../usage/usage-writer.ts';
import type { AppParts } from './create-app.ts';
import type { UsageCounting } from './record-requests.ts';

export interface ObservedServer {
  cache: Pick<OpenArtifactCache, 'reserved' | 'flushAccesses'>;
  metadata: MetadataStore;
  blobs: Pick<BlobStore, 'check'>;
  limits: EvictionLimits;
  counting: UsageCounting;
  usageWriter: Pick<UsageWriter, 'flush'>;
  trouble: Pick<RecentTrouble, 'list'>;
  metricsAccess: MetricsAccess;
}

/** What the application needs to tell how the server is, and what it does. */
export function observedParts(
  observed: ObservedServer,
): Pick<AppParts, 'counting' | 'larder' | 'metrics' | 'health'> {
  const { cache, metadata, blobs, limits, counting, usageWriter, trouble, metricsAccess } =
    observed;
  const index = metadata.artifacts;
  return {
    counting,
    larder: {
      metadata,
      usageWriter,
      limits,
      trouble,
      flushAccesses: () => cache.flushAccesses(),
    },
    metrics: {
      access: metricsAccess,
      collect: (connections) =>
        collectMetrics({ ...counting, index, limits, connections, reserved: cache.reserved() }),
    },
    health: {
      async checkStorage() {
        await metadata.check();
        await blobs.check();
      },
    },
  };
}
