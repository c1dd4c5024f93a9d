import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';
import { createTurboWorkspace, type TurboWorkspace } from './turbo/create-turbo-workspace.ts';
import { runTurbo } from './turbo/run-turbo.ts';

const everyTask = ['core#build', 'site#build', 'ui#build'];

describe.each([
  { artifacts: 'unsigned', isSigned: false },
  { artifacts: 'signed', isSigned: true },
])('turbo with $artifacts artifacts', ({ isSigned }) => {
  let cleanup: CleanupStack;
  let server: LarderServer;
  let workspace: TurboWorkspace;

  beforeAll(async () => {
    cleanup = createCleanupStack();
    const machine = await createMachine();
    cleanup.add(machine.remove);
    server = await startLarderServer(machine);
    cleanup.add(server.stop);
    workspace = await createTurboWorkspace({ machine, isSigned });
  });

  afterAll(() => cleanup.run());

  it('pushes every task and pulls it back once its local cache is gone', async () => {
    const env = {
      TURBO_API: server.url,
      TURBO_TOKEN: server.token,
      TURBO_TEAM: 'larder',
      ...(isSigned
        ? { TURBO_REMOTE_CACHE_SIGNATURE_KEY: 'a key of at least thirty-two bytes' }
        : {}),
    };

    const first = await runTurbo(workspace, env);
    expect(first).toMatchObject({ exitCode: 0, sources: everyTaskFrom('MISS') });

    await rm(join(workspace.folder, '.turbo'), { recursive: true });
    for (const file of Object.keys(workspace.outputs)) {
      await rm(join(workspace.folder, file, '..'), { recursive: true });
    }

    const second = await runTurbo(workspace, env);
    expect(second).toMatchObject({ exitCode: 0, sources: everyTaskFrom('REMOTE') });
    expect(second.output).not.toMatch(/WARNING.*(cache|artifact)/i);
    for (const [file, text] of Object.entries(workspace.outputs)) {
      expect(await readFile(join(workspace.folder, file), 'utf8')).toBe(text);
    }
  });
});

function everyTaskFrom(source: string): Record<string, string> {
  return Object.fromEntries(everyTask.map((task) => [task, source]));
}
