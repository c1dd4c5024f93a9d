import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pluginError } from '../../errors/plugin-error.ts';

/** What lies in the root of a workspace: the last two in one whose Nx is started by a wrapper. */
const rootFiles = ['nx.json', 'nx', 'nx.bat'];

/**
 * The workspace that a folder belongs to, by Nx's own rules. Source: workspace-root.js of Nx.
 *
 * @throws LarderError `LARDER_CLI_NO_WORKSPACE`
 */
export function findWorkspaceRoot(
  folder: string,
  variables: Readonly<Record<string, string | undefined>>,
): string {
  const named = variables.NX_WORKSPACE_ROOT_PATH;
  if (named !== undefined && named !== '') return named;
  let hasNx: string | null = null;
  for (let each = folder; ; each = dirname(each)) {
    if (rootFiles.some((name) => existsSync(join(each, name)))) return each;
    if (existsSync(join(each, 'node_modules', 'nx', 'package.json'))) hasNx = each;
    if (dirname(each) === each) break;
  }
  if (hasNx !== null) return hasNx;
  throw pluginError('LARDER_CLI_NO_WORKSPACE', `${folder} is not in an Nx workspace`, {
    hint: 'Run larder in the folder with nx.json, or in one below it.',
  });
}
