import type { ArtifactApi, ArtifactKey, ArtifactSpace } from '../storage/artifact-index.ts';
import type { VisibleScopes } from './artifact-scope.ts';

/** What one principal sees of a team's artifacts by one protocol. */
export interface ArtifactView {
  team: string;
  api: ArtifactApi;
  scopes: VisibleScopes;
}

/** Where the principal writes. */
export function ownSpace({ team, api, scopes: [scope] }: ArtifactView): ArtifactSpace {
  return { team, scope, api };
}

/** Everything that it reads, by precedence. */
export function visibleSpaces({ team, api, scopes }: ArtifactView): ArtifactSpace[] {
  return scopes.map((scope) => ({ team, scope, api }));
}

/** Where an artifact of this hash may be, by precedence. */
export function visibleKeys(view: ArtifactView, hash: string): ArtifactKey[] {
  return visibleSpaces(view).map((space) => ({ ...space, hash }));
}
