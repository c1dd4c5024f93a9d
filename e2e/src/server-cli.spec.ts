import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { curlClient, fetchClient, hasCurl } from './http/http-client.ts';
import { createMachine, type Machine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { runCommandOrThrow } from './processes/run-command.ts';
import { type RunningProcess, startProcess } from './processes/start-process.ts';
import { larderServerCommand } from './server/start-larder-server.ts';

interface Printed {
  readonly url: string;
  readonly token: string;
}

describe('larder-server, started without any option', () => {
  let cleanup: CleanupStack;
  let machine: Machine;
  let server: RunningProcess<Printed>;

  beforeAll(async () => {
    cleanup = createCleanupStack();
    machine = await createMachine();
    cleanup.add(machine.remove);
    server = await start();
    cleanup.add(() => server.end('SIGTERM'));
  });

  afterAll(() => cleanup.run());

  function start(): Promise<RunningProcess<Printed>> {
    return startProcess(larderServerCommand, [], {
      cwd: machine.folder,
      // The usual port may be taken on the machine that runs the tests.
      env: { ...machine.env, LARDER_SERVER_PORT: '0' },
      parseReady(output) {
        const url = /^\s*URL\s+(http:\S+)$/m.exec(output)?.[1];
        const token = /^\s*token\s+(\S+)$/m.exec(output)?.[1];
        return url !== undefined && token !== undefined && output.includes('Ctrl-C')
          ? { url, token }
          : null;
      },
    });
  }

  it('listens on loopback only', () => {
    expect(new URL(server.ready.url).hostname).toBe('127.0.0.1');
  });

  it('prints the lines to paste into a shell and into nx.json', () => {
    const { url, token } = server.ready;
    const output = server.output();
    expect(output).toContain(`export LARDER_URL=${url} LARDER_TOKEN=${token}`);
    expect(output).toContain(`TURBO_API=${url}`);
    const snippets = output
      .split('\n')
      .filter((line) => /^\s+\{/.test(line))
      .map((line): unknown => JSON.parse(line));
    expect(snippets).toEqual([
      { plugins: [{ plugin: '@larder/nx', options: { url } }] },
      { tasksRunnerOptions: { default: { runner: '@larder/nx', options: { url } } } },
    ]);
  });

  it('keeps its token in the data folder, for its owner alone, and uses it again', async () => {
    const { token } = server.ready;
    const files = await stat(join(machine.folder, 'larder-data', 'token'));
    expect(files.mode & 0o777).toBe(0o600);

    expect(await server.end('SIGTERM')).toEqual({ exitCode: 0, signal: null });
    server = await start();
    expect(server.ready.token).toBe(token);
  });

  describe.each(hasCurl() ? [curlClient, fetchClient] : [fetchClient])(
    'asked with $name',
    ({ name, request }) => {
      const body = Buffer.from(`Artifact of ${name}: \0\r\n`.repeat(1000));
      const artifact = () => `${server.ready.url}/v8/artifacts/0123456789abcdef-${name}`;
      const bearer = () => ({ authorization: `Bearer ${server.ready.token}` });

      it('stores an artifact and gives it back', async () => {
        const url = artifact();
        const put = await request({
          method: 'PUT',
          url,
          headers: {
            ...bearer(),
            'content-type': 'application/octet-stream',
            'x-artifact-duration': '1234',
            'x-artifact-tag': 'a-tag',
          },
          body,
        });
        expect(put.status).toBe(202);
        expect(JSON.parse(put.body.toString())).toEqual({ urls: [expect.any(String)] });

        const expected = {
          status: 200,
          headers: {
            'content-length': String(body.length),
            'x-artifact-duration': '1234',
            'x-artifact-tag': 'a-tag',
          },
        };
        expect(await request({ method: 'HEAD', url, headers: bearer() })).toMatchObject(expected);
        const get = await request({ method: 'GET', url, headers: bearer() });
        expect(get).toMatchObject(expected);
        expect(get.body.equals(body)).toBe(true);
      });

      it('keeps what was stored first', async () => {
        const url = artifact();
        const put = await request({
          method: 'PUT',
          url,
          headers: { ...bearer(), 'content-type': 'application/octet-stream' },
          body: Buffer.from('Something else'),
        });
        expect(put.status).toBe(202);
        const get = await request({ method: 'GET', url, headers: bearer() });
        expect(get.body.equals(body)).toBe(true);
      });

      it('takes a token that is made beside it, for what that is good for', async () => {
        const { stdout } = await runCommandOrThrow(
          larderServerCommand,
          ['token', 'create', '--label', name, '--access', 'read'],
          { cwd: machine.folder, env: machine.env },
        );
        const headers = { authorization: `Bearer ${stdout.trim()}` };
        expect((await request({ method: 'GET', url: artifact(), headers })).status).toBe(200);
        const put = await request({ method: 'PUT', url: `${artifact()}-2`, headers, body });
        expect(put.status).toBe(403);
        expect(JSON.parse(put.body.toString())).toMatchObject({ error: { code: 'forbidden' } });
      });

      it('answers 400 to a hash that is none', async () => {
        const url = `${server.ready.url}/v8/artifacts/a..b`;
        expect((await request({ method: 'GET', url, headers: bearer() })).status).toBe(400);
        expect((await request({ method: 'PUT', url, headers: bearer(), body })).status).toBe(400);
      });

      it('answers 401 in the documented envelope without the token', async () => {
        for (const method of ['PUT', 'GET'] as const) {
          const answer = await request({
            method,
            url: artifact(),
            ...(method === 'PUT' ? { body } : {}),
          });
          expect(answer.status).toBe(401);
          const { error } = JSON.parse(answer.body.toString()) as { error: unknown };
          expect(error).toEqual({ code: 'unauthorized', message: expect.any(String) as string });
        }
        const head = await request({
          method: 'HEAD',
          url: artifact(),
          headers: { authorization: 'Bearer wrong' },
        });
        expect(head.status).toBe(401);
      });
    },
  );
});
