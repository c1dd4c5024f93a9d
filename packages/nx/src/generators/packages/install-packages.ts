import { execSync } from 'node:child_process';
import { nxDevkit, type Tree } from '../nx-devkit.ts';

/**
 * What Nx calls when the files are written: installs what package.json says now, and tells what is
 * left to do, also when the installation fails.
 */
export function installPackages(tree: Tree, tell: () => void): () => void {
  const nx = nxDevkit();
  return () => {
    try {
      const { install } = nx.getPackageManagerCommand(nx.detectPackageManager(tree.root));
      execSync(install, { cwd: tree.root, stdio: 'inherit' });
    } finally {
      tell();
    }
  };
}
