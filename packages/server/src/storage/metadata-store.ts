import type { TokenStore } from '../tokens/token-store.ts';
import type { ArtifactIndex } from './artifact-index.ts';
import type { Leases } from './leases.ts';
import type { IdentifiedStore } from './store-identity.ts';
import type { UsageStore } from './usage-store.ts';

/** Everything but the bytes of artifacts: what one database keeps. */
export interface MetadataStore extends IdentifiedStore {
  artifacts: ArtifactIndex;
  tokens: TokenStore;
  usage: UsageStore;
  leases: Leases;
  /** Fails with `LARDER_SERVER_STORAGE_FAILED` when the database cannot be asked. */
  check(): Promise<void>;
  close(): Promise<void>;
}
