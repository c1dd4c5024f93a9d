import { requireFromNx } from '../require-nx.ts';
import { findNxModule } from './nx-modules.ts';

interface Dotenv {
  config(options: { readonly path: string }): object;
}

interface DotenvExpand {
  expand(loaded: object): unknown;
}

/** Adds the variables from files of the workspace to those of the process, as Nx does at its start. */
export function loadRootVariables(): void {
  const module = findNxModule('utils/dotenv');
  if (module) {
    module.loadRootEnvFiles();
    return;
  }
  const dotenv = requireFromNx('dotenv') as Dotenv | null;
  const { expand } = (requireFromNx('dotenv-expand') ?? {}) as Partial<DotenvExpand>;
  // The order and the place of Nx 16 and 17, which look in the working folder.
  for (const path of ['.local.env', '.env.local', '.env']) {
    const loaded = dotenv?.config({ path });
    if (loaded) expand?.(loaded);
  }
}
