// The HEALTHCHECK of deploy/docker/Dockerfile, run as Docker runs it.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerOptions } from '../options/server-options.ts';
import { removeTemporaryFolders, startServer } from '../testing/start-server.fixture.ts';
import { tlsFiles } from '../testing/tls-files.fixture.ts';

const dockerfile = readFileSync(
  join(__dirname, '../../../../deploy/docker/Dockerfile'),
  'utf8',
).replaceAll('\\\n', '');
const [, list = ''] = /^HEALTHCHECK .* CMD (\[.*\])$/m.exec(dockerfile) ?? [];
const [program = '', ...args] = JSON.parse(list) as string[];

function runCheck(variables: Readonly<Record<string, string>>): Promise<number | string> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, ...variables };
    execFile(program, args, { env }, (error) => {
      resolve(error === null ? 0 : (error.code ?? 'killed'));
    });
  });
}

afterAll(removeTemporaryFolders);

it.each<[string, Pick<ServerOptions, 'tlsCertificateFile' | 'tlsKeyFile'>]>([
  ['http', {}],
  [
    'https',
    {
      tlsCertificateFile: tlsFiles.first.certificateFile,
      tlsKeyFile: tlsFiles.first.keyFile,
    },
  ],
])('tells a server over %s from one that was stopped', async (_scheme, options) => {
  const running = await startServer(options);
  const variables = {
    LARDER_SERVER_PORT: String(running.port),
    LARDER_SERVER_TLS_CERTIFICATE_FILE: options.tlsCertificateFile ?? '',
  };
  expect(await runCheck(variables)).toBe(0);
  await running.server.close();
  expect(await runCheck(variables)).toBe(1);
});
