import { join } from 'node:path';

import { foreignServerInstallation, installationFolder } from '../installations/installation.ts';
import { type Machine } from '../machines/create-machine.ts';
import { startProcess } from '../processes/start-process.ts';

const TOKEN = 'a-token-of-the-foreign-server';

/** Starts the installed `turborepo-remote-cache` on a free port, with its files on the machine. */
export async function startForeignServer({ folder, env }: Machine) {
  const server = await startProcess(
    join(
      installationFolder(foreignServerInstallation),
      'node_modules',
      '.bin',
      'turborepo-remote-cache',
    ),
    [],
    {
      cwd: folder,
      env: {
        ...env,
        NODE_ENV: 'production',
        PORT: '0',
        TURBO_TOKEN: TOKEN,
        STORAGE_PROVIDER: 'local',
        STORAGE_PATH: join(folder, 'foreign-server'),
        STORAGE_PATH_USE_TMP_FOLDER: 'false',
      },
      parseReady: (output) => /listening at (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1] ?? null,
    },
  );
  return { url: server.ready, token: TOKEN, stop: () => server.end('SIGTERM') };
}
