import { requireFromNx } from '../../nx-facts/require-nx.ts';
import type { IgnoreRules } from './gitignore-line.ts';

/** The package `ignore`, as far as it is used here. */
type IgnorePackage = () => { add(rules: string): { ignores(path: string): boolean } };

/**
 * Git's rules as Nx itself applies them, with the package that Nx 16 to 24 bring along for it.
 * Without it, nothing counts as ignored.
 */
export function nxIgnoreRules(): IgnoreRules {
  const ignore = requireFromNx('ignore') as IgnorePackage | null;
  return (gitignore, path) => ignore?.().add(gitignore).ignores(path) ?? false;
}
