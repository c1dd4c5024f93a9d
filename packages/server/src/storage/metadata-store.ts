import type { TokenStore } from '../tokens/token-store.ts';
import type { ArtifactIndex } from './artifact-index.ts';
import type { UsageStore } from './usage-store.ts';

/** Everything but the bytes of artifacts: what one database keeps. */
export interface MetadataStore {
  artifacts: ArtifactIndex;
  tokens: TokenStore;
  usage: UsageStore;
  close(): Promise<void>;
}
