import { dirname } from 'node:path';

/**
 * Loads a module of the Nx that runs the command: the one that is found from the working folder,
 * which lies in the workspace. Seen from this package there may be another, when it is linked.
 */
export function requireNx(module: `nx/${string}`): unknown {
  const file = require.resolve(module, { paths: [process.cwd(), __dirname] });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- known only at run time
  return require(file);
}

/**
 * Loads a module of that Nx and of no other; null when this version of Nx does not have it.
 *
 * @throws what the module throws
 */
export function requireOfThisNx(module: `nx/${string}`): unknown {
  const nx = require.resolve('nx/package.json', { paths: [process.cwd(), __dirname] });
  let file: string;
  try {
    file = require.resolve(module, { paths: [dirname(nx)] });
  } catch {
    return null;
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- known only at run time
  return require(file);
}

/** Loads a package that Nx brings along; null when this version of Nx does not. */
export function requireFromNx(
  name: 'ignore' | 'jsonc-parser' | 'dotenv' | 'dotenv-expand',
): unknown {
  try {
    const nx = require.resolve('nx/package.json', { paths: [process.cwd(), __dirname] });
    const file = require.resolve(name, { paths: [dirname(nx), __dirname] });
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- known only at run time
    return require(file);
  } catch {
    return null;
  }
}
