import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { assetsFolder } from '../repository.ts';
import { type Workspace } from './create-workspace.ts';
import { writeJson } from './write-json.ts';

/** Gives every project's task to an installed executor that can do many tasks at once. */
export async function useBatchExecutor({ folder, projects }: Workspace): Promise<void> {
  const executor = join(folder, 'node_modules', '@acme', 'batch');
  await mkdir(executor, { recursive: true });
  await writeJson(join(executor, 'package.json'), {
    name: '@acme/batch',
    version: '1.0.0',
    executors: './executors.json',
  });
  await writeJson(join(executor, 'executors.json'), {
    executors: {
      produce: {
        implementation: './produce.cjs',
        batchImplementation: './produce.cjs#batch',
        schema: './schema.json',
      },
    },
  });
  await writeJson(join(executor, 'schema.json'), {
    version: 2,
    type: 'object',
    properties: { project: { type: 'string' } },
  });
  await copyFile(join(assetsFolder, 'batch-executor.cjs'), join(executor, 'produce.cjs'));
  for (const { name, dependsOn, outputs } of projects) {
    await writeJson(join(folder, 'projects', name, 'project.json'), {
      name,
      root: `projects/${name}`,
      implicitDependencies: dependsOn,
      targets: {
        build: { executor: '@acme/batch:produce', outputs, options: { project: name } },
      },
    });
  }
}
