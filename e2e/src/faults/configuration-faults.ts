import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type NxJson } from '../workspace/nx-json.ts';
import { doorOf, isAtLeast } from '../workspace/nx-version.ts';
import { type Fault, type Stage } from './fault.ts';
import { holdRequests } from './held-requests.ts';
import { expectAllStored } from './stored-artifacts.ts';

const GARBAGE = '{"version": "1.0.0", "po\u0000\u0000\u0000';

const needsHooks = (nxVersion: string): string | null =>
  doorOf(nxVersion) === 'hooks' ? null : 'no plugin hooks';

/** A second installation of the plugin, as npm makes when two versions are asked for. */
const SECOND_COPY = 'larder-nx-copy';

/** What is wrong with files that name the plugin, or its agent. */
export const configurationFaults: readonly Fault[] = [
  {
    name: 'the agent file was garbage before',
    cache: 'empty',
    executed: 'all',
    warning: null,
    async arrange(stage) {
      await mkdir(stage.dataDirectory, { recursive: true, mode: 0o700 });
      await writeFile(join(stage.dataDirectory, 'agent.json'), GARBAGE);
      return { afterwards: () => expectAllStored(stage) };
    },
  },
  {
    name: 'the agent file becomes garbage',
    cache: 'empty',
    executed: 'all',
    warning: null,
    mayBeSilent: 'the hook after the tasks finds no agent to close its run with',
    arrange(stage) {
      const held = holdRequests('lookup');
      stage.line.behave(held.behaviour);
      return Promise.resolve({
        async during() {
          await held.firstArrived;
          await stage.agent.worker();
          await writeFile(join(stage.dataDirectory, 'agent.json'), GARBAGE);
          held.release();
        },
        afterwards: () => expectAllStored(stage),
      });
    },
  },
  {
    name: 'the plugin is listed twice',
    cache: 'empty',
    executed: 'all',
    warning: null,
    whyNot: needsHooks,
    changeNxJson: (json) => ({ ...json, plugins: [...(json.plugins ?? []), '@larder/nx'] }),
    arrange: expectStores,
  },
  {
    name: 'the plugin is there in two copies',
    cache: 'empty',
    executed: 'all',
    warning: null,
    whyNot: needsHooks,
    changeNxJson: (json) => ({ ...json, plugins: [...(json.plugins ?? []), SECOND_COPY] }),
    async arrange(stage) {
      const modules = join(stage.workspace.folder, 'node_modules');
      await cp(join(modules, '@larder', 'nx'), join(modules, SECOND_COPY), { recursive: true });
      return expectStores(stage);
    },
  },
  {
    name: 'the plugin is both a runner and a plugin',
    cache: 'empty',
    executed: 'all',
    warning: null,
    changeNxJson: withBothDoors,
    arrange: expectStores,
  },
];

function withBothDoors(json: NxJson, nxVersion: string): NxJson {
  const options = isAtLeast(nxVersion, 17) ? {} : { cacheableOperations: ['build'] };
  return {
    ...json,
    plugins: ['@larder/nx'],
    tasksRunnerOptions: { default: { runner: '@larder/nx', options } },
  };
}

function expectStores(stage: Stage) {
  return Promise.resolve({ afterwards: () => expectAllStored(stage) });
}
