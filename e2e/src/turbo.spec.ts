import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';
import {
  createTurboWorkspace,
  turboVersions,
  type TurboWorkspace,
} from './turbo/create-turbo-workspace.ts';
import { runTurbo, type TurboRun } from './turbo/run-turbo.ts';

const SIGNATURE_KEY = 'a key of at least thirty-two bytes';

const everyTask = ['core#build', 'site#build', 'ui#build'];

const tokens = {
  writer: { token: 'a-token-that-writes', access: 'read-write' },
  reader: { token: 'a-token-that-reads', access: 'read' },
} as const;

describe.each(turboVersions)('turbo %s', (turboVersion) => {
  describe.each([
    { artifacts: 'unsigned', isSigned: false },
    { artifacts: 'signed', isSigned: true },
  ])('with $artifacts artifacts', ({ isSigned }) => {
    let cleanup: CleanupStack;
    let server: LarderServer;
    let workspace: TurboWorkspace;

    beforeAll(async () => {
      cleanup = createCleanupStack();
      const machine = await createMachine();
      cleanup.add(machine.remove);
      server = await startLarderServer(machine, {
        tokens: Object.values(tokens),
        // The server then checks what turbo signs.
        ...(isSigned ? { signatureKeys: { shared: SIGNATURE_KEY } } : {}),
      });
      cleanup.add(server.stop);
      workspace = await createTurboWorkspace({ machine, turboVersion, isSigned });
    });

    afterAll(() => cleanup.run());

    /** Builds with nothing in the local cache and no outputs. */
    async function build(token: string, team: string): Promise<TurboRun> {
      await rm(join(workspace.folder, '.turbo'), { recursive: true, force: true });
      for (const file of Object.keys(workspace.outputs)) {
        await rm(join(workspace.folder, file, '..'), { recursive: true, force: true });
      }
      const run = await runTurbo(workspace, {
        TURBO_API: server.url,
        TURBO_TOKEN: token,
        TURBO_TEAM: team,
        ...(isSigned ? { TURBO_REMOTE_CACHE_SIGNATURE_KEY: SIGNATURE_KEY } : {}),
      });
      for (const [file, text] of Object.entries(workspace.outputs)) {
        expect(await readFile(join(workspace.folder, file), 'utf8')).toBe(text);
      }
      return run;
    }

    it('pushes every task and pulls it back once its local cache is gone', async () => {
      const first = await build(tokens.writer.token, 'shared');
      expect(first).toMatchObject({ exitCode: 0, sources: everyTaskFrom('MISS') });
      const second = await build(tokens.writer.token, 'shared');
      expect(second).toMatchObject({ exitCode: 0, sources: everyTaskFrom('REMOTE') });
      for (const { output } of [first, second]) expect(output).not.toMatch(/warning/i);
      // A token that only reads gets them too.
      const third = await build(tokens.reader.token, 'shared');
      expect(third).toMatchObject({ exitCode: 0, sources: everyTaskFrom('REMOTE') });
    });

    it('builds with a token that only reads, and stores nothing', async () => {
      const builds = [
        await build(tokens.reader.token, 'read-only'),
        await build(tokens.reader.token, 'read-only'),
      ];
      for (const run of builds) {
        expect(run).toMatchObject({ exitCode: 0, sources: everyTaskFrom('MISS') });
      }
    });

    it('builds although something else is in its place, which it cannot replace', async () => {
      const { hashes } = await build(tokens.reader.token, 'late');
      // No archive, and no tag where one is asked for: turbo takes it for a miss.
      for (const hash of Object.values(hashes)) {
        const answer = await fetch(`${server.url}/v8/artifacts/${hash}?slug=late`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${tokens.writer.token}` },
          body: 'of somebody else',
        });
        expect(answer.status).toBe(202);
      }
      const late = await build(tokens.writer.token, 'late');
      expect(late).toMatchObject({ exitCode: 0, sources: everyTaskFrom('MISS') });
      for (const hash of Object.values(hashes)) {
        const kept = await fetch(`${server.url}/v8/artifacts/${hash}?slug=late`, {
          headers: { authorization: `Bearer ${tokens.reader.token}` },
        });
        expect(await kept.text()).toBe('of somebody else');
      }
    });

    it('builds with a token that is unknown', async () => {
      const run = await build('an-unknown-token', 'shared');
      expect(run).toMatchObject({ exitCode: 0, sources: everyTaskFrom('MISS') });
    });
  });
});

function everyTaskFrom(source: string): Record<string, string> {
  return Object.fromEntries(everyTask.map((task) => [task, source]));
}
