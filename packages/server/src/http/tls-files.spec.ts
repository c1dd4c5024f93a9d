import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { createTemporaryFolder, removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { authority, tlsFiles } from '../testing/tls-files.fixture.ts';
import { keepTlsRenewed, readTlsFiles, type TlsFiles } from './tls-files.ts';

afterAll(removeTemporaryFolders);

it.each<[string, TlsFiles]>([
  ['that are not there', { certificateFile: '/absent.pem', keyFile: '/absent-key.pem' }],
  [
    'that do not belong together',
    { certificateFile: tlsFiles.first.certificateFile, keyFile: tlsFiles.second.keyFile },
  ],
  ['that are no PEM', { certificateFile: __filename, keyFile: __filename }],
])('files %s are refused', async (_what, files) => {
  await expect(readTlsFiles(files)).rejects.toMatchObject({
    code: 'LARDER_SERVER_TLS_UNUSABLE',
    message: expect.stringContaining(files.certificateFile) as string,
  });
});

describe('renewed files', () => {
  let files: TlsFiles;
  let server: Server;
  let end: () => void;
  const seen: string[] = [];

  beforeEach(async () => {
    const folder = await createTemporaryFolder();
    files = { certificateFile: join(folder, 'server.pem'), keyFile: join(folder, 'key.pem') };
    await install('first');
    server = createServer(await readTlsFiles(files));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    seen.length = 0;
    end = keepTlsRenewed(server, {
      files,
      onRenewed: () => seen.push('renewed'),
      onTrouble: () => seen.push('trouble'),
      intervalMs: 5,
    });
  });
  afterEach(async () => {
    end();
    server.close();
    await once(server, 'close');
  });

  async function install(name: 'first' | 'second'): Promise<void> {
    await copyFile(tlsFiles[name].certificateFile, files.certificateFile);
    await copyFile(tlsFiles[name].keyFile, files.keyFile);
  }

  /** Name in the certificate that a new connection meets. */
  async function nameOfServer(): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: '127.0.0.1', port, ca: authority });
    await once(socket, 'secureConnect');
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return String(subject.CN);
  }

  /** Looks until it is so, for as long as the test may take. */
  async function until(isReached: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isReached())) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it('are used for new connections', async () => {
    expect(await nameOfServer()).toBe('first.test');
    await install('second');
    await until(async () => (await nameOfServer()) === 'second.test');
    expect(seen.at(-1)).toBe('renewed');
  });

  it('that cannot be used change nothing, until they can', async () => {
    await writeFile(files.keyFile, 'half a ke');
    await until(() => seen.includes('trouble'));
    expect(await nameOfServer()).toBe('first.test');
    await install('second');
    await until(async () => (await nameOfServer()) === 'second.test');
  });
});
