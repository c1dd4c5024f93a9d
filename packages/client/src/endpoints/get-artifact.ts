import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Artifact, type RequestOptions } from '../artifacts-client.ts';
import { isLarderError } from '../errors/larder-error.ts';
import { assertPlainContent } from './artifact-headers.ts';
import { checkContentOf } from './content-check.ts';
import { createFileError, type Hit, saveVerified } from './download-artifact.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { readArtifact } from './read-artifact.ts';
import { TemporaryContent } from './temporary-content.ts';

/** A larger artifact waits in a file. For a small one that would cost ten times as much as the rest. */
const MAX_HELD_BYTES = 256 * 1024;

/** An open file needs no name, so that not even a killed process leaves one; not so on Windows. */
const canRemoveOpenFiles = process.platform !== 'win32';

export function getArtifact(
  context: EndpointContext,
  hash: string,
  options: RequestOptions = {},
): Promise<Artifact | null> {
  return context.operations.run(options.signal, async (operation) => {
    const artifact = await readArtifact<Artifact>(context, operation, {
      method: 'GET',
      hash,
      options,
      async onHit(answer, metadata) {
        assertPlainContent(answer);
        const { sizeBytes } = metadata;
        const keep = sizeBytes !== null && sizeBytes <= MAX_HELD_BYTES ? keepInMemory : keepInFile;
        const hit = { hash, answer, metadata, signal: operation.signal };
        return { metadata, body: await keep(context, hit) };
      },
    });
    if (artifact !== null) operation.lastUntilClosed(artifact.body);
    return artifact;
  });
}

async function keepInMemory(context: EndpointContext, hit: Hit): Promise<Readable> {
  const content = await readVerified(context, hit);
  return new Readable({
    read() {
      this.push(content);
      this.push(null);
    },
  });
}

async function readVerified(
  context: EndpointContext,
  { hash, answer, metadata, signal }: Hit,
): Promise<Buffer> {
  const check = checkContentOf(context, { hash, metadata });
  const chunks: Buffer[] = [];
  try {
    await pipeline(
      answer.body,
      async (content: AsyncIterable<Buffer>) => {
        for await (const chunk of content) {
          check.update(chunk);
          chunks.push(chunk);
        }
      },
      { signal },
    );
  } catch (error) {
    if (!isLarderError(error)) signal.throwIfAborted();
    throw error;
  }
  check.finish();
  return Buffer.concat(chunks);
}

async function keepInFile(context: EndpointContext, hit: Hit): Promise<Readable> {
  try {
    return await openVerified(context, hit);
  } catch (error) {
    if (isLarderError(error)) throw error;
    throw createFileError({ hash: hit.hash, file: context.temporaryDirectory }, error);
  }
}

async function openVerified(context: EndpointContext, hit: Hit): Promise<Readable> {
  const folder = await mkdtemp(join(context.temporaryDirectory, 'larder-artifact-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  let body: TemporaryContent | null = null;
  try {
    const file = join(folder, 'artifact');
    await saveVerified(context, { ...hit, file });
    body = new TemporaryContent(await open(file), remove);
    return body;
  } finally {
    if (body === null || canRemoveOpenFiles) await remove();
  }
}
