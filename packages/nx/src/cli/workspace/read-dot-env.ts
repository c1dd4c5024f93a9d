import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireFromNx } from '../../nx-facts/require-nx.ts';

interface Dotenv {
  parse(text: string): Readonly<Record<string, string>>;
}

/** The first one that sets a variable decides. Source: dotenv.js of Nx. */
const files = ['.local.env', '.env.local', '.env'];

/** The variables that Nx adds to those of a command from files of the workspace. */
export function withDotEnv(
  root: string,
  variables: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const dotenv = requireFromNx('dotenv') as Dotenv | null;
  if (dotenv === null) return variables;
  const added = files.map((name) => {
    try {
      return dotenv.parse(readFileSync(join(root, name), 'utf8'));
    } catch {
      return {};
    }
  });
  return Object.assign({}, ...added.reverse(), variables) as Record<string, string | undefined>;
}
