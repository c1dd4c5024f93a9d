import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileBody } from '../artifact-body/file-body.ts';
import { createTestBed } from '../fixtures/test-bed.fixture.ts';
import { SOCKET_BUFFER_BYTES } from './connection-pool.ts';
import { openUploadBody } from './upload-body.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

describe('the body of an upload', () => {
  it('gives nothing more of a file once it is destroyed', async () => {
    const path = join(await bed.makeFolder(), 'artifact');
    await writeFile(path, Buffer.alloc(3_000_001));
    const events: string[] = [];
    const upload = openUploadBody(fileBody(path, 3_000_001), {
      onProgress: () => events.push('progress'),
      onSent: () => events.push('sent'),
    });
    const iterator = upload.chunks[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(false);
    expect((await iterator.next()).done).toBe(false);
    upload.destroy();
    upload.destroy();
    expect((await iterator.next()).done).toBe(true);
    expect(events).toEqual(['progress']);
  });

  it('is given out in pieces beyond what a connection buffers, so that none of them waits there', async () => {
    const path = join(await bed.makeFolder(), 'artifact');
    await writeFile(path, Buffer.alloc(3_000_001));
    const { chunks } = openUploadBody(fileBody(path, 3_000_001), {
      onProgress: () => undefined,
      onSent: () => undefined,
    });
    const sizes: number[] = [];
    for await (const chunk of chunks) sizes.push(chunk.byteLength);
    sizes.pop();
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(SOCKET_BUFFER_BYTES);
    // A line that takes 13 kB a second moves within the ten seconds of the default.
    expect(Math.max(...sizes)).toBeLessThanOrEqual(131_072);
  });
});
