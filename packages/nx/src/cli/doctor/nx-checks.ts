import { rivalPreferred } from '../../doors/notices.ts';
import { isListedAsPlugin, isNamedAsRunner } from '../../doors/runner-options.ts';
import { flagInTheWay } from '../../nx-facts/cache-flags.ts';
import { hasHooksDoor } from '../../nx-facts/nx-version.ts';
import { findRivalCache } from '../../nx-facts/rival-cache.ts';
import { doorOf } from '../workspace/open-workspace.ts';
import { ok, problem, skipped, warning, type Check } from './check.ts';

const oldestMajor = 16;
const newestMajor = 24;

const init = 'Run "npx nx g @larder/nx:init".';

export const nxVersionCheck: Check = {
  id: 'nx-version',
  title: 'Nx',
  examine({ workspace: { nx } }) {
    const { major } = nx.version;
    if (major < oldestMajor) {
      return problem(
        `Nx ${nx.text} is too old for the plugin.`,
        `Update Nx to ${oldestMajor} or later.`,
      );
    }
    return major > newestMajor
      ? warning(
          `Nx ${nx.text} is newer than what the plugin was made for, ${oldestMajor} to ${newestMajor}.`,
          'Update @larder/nx with "npx nx migrate @larder/nx".',
        )
      : ok(`Nx ${nx.text} is supported.`);
  },
};

export const pluginCheck: Check = {
  id: 'plugin',
  title: 'nx.json',
  examine({ workspace }) {
    const { nxJson, nx } = workspace;
    const door = doorOf(workspace);
    if (door === null) {
      const place = hasHooksDoor(nx.version) ? '"plugins"' : '"tasksRunnerOptions"';
      const elsewhere =
        isListedAsPlugin(nxJson) || isNamedAsRunner(nxJson)
          ? ', but elsewhere, where this Nx does not look'
          : '';
      return problem(`nx.json does not name @larder/nx under ${place}${elsewhere}.`, init);
    }
    const flag = flagInTheWay(nxJson, nx.version);
    if (flag !== null) {
      return problem(
        `"${flag}" in nx.json keeps Nx from asking the plugin.`,
        `Remove "${flag}" from nx.json.`,
      );
    }
    return door === 'hooks' && isNamedAsRunner(nxJson) && nx.version.major < 21
      ? warning(
          'nx.json names @larder/nx as plugin and as tasks runner; the plugin does the work.',
          'Remove "runner" from "tasksRunnerOptions" in nx.json.',
        )
      : ok(`nx.json names @larder/nx as ${door === 'hooks' ? 'plugin' : 'tasks runner'}.`);
  },
};

export const rivalCacheCheck: Check = {
  id: 'rival-cache',
  title: 'Other caches',
  examine({ workspace }) {
    const { nxJson, nx, environment, root } = workspace;
    if (!hasHooksDoor(nx.version)) return skipped(`Nx ${nx.text} asks the tasks runner alone.`);
    const rival = findRivalCache({
      nxJson,
      nxVersion: nx.version,
      environment: environment.nx,
      workspaceRoot: root,
    });
    if (rival === null) return ok('Nx prefers no other cache.');
    const [, message = '', remedy = ''] =
      /^Larder: (.*?)\. (To use Larder, .*)$/.exec(rivalPreferred(rival)) ?? [];
    return problem(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`, remedy);
  },
};
