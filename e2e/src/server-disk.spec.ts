import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { mountSmallDisk, whyNoSmallDisk } from './faults/small-disk.ts';
import { fetchClient, type HttpResponse } from './http/http-client.ts';
import { createMachine, type Machine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';

const DISK_KILOBYTES = 4_000;

// File systems can be mounted by root on Linux only.
(whyNoSmallDisk() === null ? describe : describe.skip)('larder-server on a full disk', () => {
  let cleanup: CleanupStack;
  let machine: Machine;
  let server: LarderServer;

  beforeAll(async () => {
    cleanup = createCleanupStack();
    machine = await createMachine();
    cleanup.add(machine.remove);
    cleanup.add(await mountSmallDisk(join(machine.folder, 'larder-data'), DISK_KILOBYTES));
    server = await startLarderServer(machine);
    cleanup.add(server.stop);
  });

  afterAll(() => cleanup.run());

  it('refuses uploads, goes on serving, and takes uploads again once there is room', async () => {
    const body = randomBytes(500_000);
    expect((await send('PUT', '/v8/artifacts/before', body)).status).toBe(202);
    expect((await send('PUT', '/v1/cache/before', body)).status).toBe(200);
    const filler = join(server.dataDirectory, 'filler');
    await fill(filler);

    for (const size of [0, 1, 500_000]) {
      const put = await send('PUT', `/v8/artifacts/during-${size}`, randomBytes(size));
      expect(put.status).toBe(503);
      expect(JSON.parse(put.body.toString())).toMatchObject({ code: 'storage_unavailable' });
      // To Nx anything but this would be the end of the build.
      expect((await send('PUT', `/v1/cache/during-${size}`, randomBytes(size))).status).toBe(200);
      for (const path of ['/v8/artifacts', '/v1/cache']) {
        expect((await send('GET', `${path}/during-${size}`)).status).toBe(404);
        const get = await send('GET', `${path}/before`);
        expect({ status: get.status, isWhole: get.body.equals(body) }).toEqual({
          status: 200,
          isWhole: true,
        });
      }
    }
    expect(await readdir(join(server.dataDirectory, 'uploads'))).toEqual([]);

    await rm(filler);
    expect((await send('PUT', '/v8/artifacts/after', body)).status).toBe(202);
    expect((await send('GET', '/v8/artifacts/after')).body.equals(body)).toBe(true);
  });

  function send(method: 'GET' | 'PUT', path: string, body?: Buffer): Promise<HttpResponse> {
    return fetchClient.request({
      method,
      url: server.url + path,
      headers: { authorization: `Bearer ${server.token}` },
      ...(body === undefined ? {} : { body }),
    });
  }
});

/** Writes until not a byte more fits in. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const size of [65_536, 4_096, 1]) await writeUntilFull(file, Buffer.alloc(size));
  } finally {
    await file.close();
  }
}

async function writeUntilFull(file: FileHandle, chunk: Buffer): Promise<void> {
  try {
    for (;;) await file.write(chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
