import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import { withoutListed, type PackageFilter } from './without-packages.ts';

/** nx.json without some of the packages that Nx's wrapper in `.nx` installs. */
export function withoutInstalled(json: NxJson, isLeftOut: PackageFilter): NxJson {
  const { plugins, ...rest } = json.installation ?? {};
  const kept = plugins && withoutListed(plugins, isLeftOut);
  if (kept === plugins) return json;
  const isEmpty = Object.keys(kept ?? {}).length === 0;
  return { ...json, installation: { ...rest, ...(!isEmpty && { plugins: kept }) } };
}
