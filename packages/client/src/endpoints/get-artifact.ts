import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, type RequestOptions } from '../artifacts-client.ts';
import { isLarderError } from '../errors/larder-error.ts';
import { type Operation } from '../operations.ts';
import { createFileError, downloadArtifact } from './download-artifact.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { TemporaryContent } from './temporary-content.ts';

/** An open file needs no name, so that not even a killed process leaves one; not so on Windows. */
const canRemoveOpenFiles = process.platform !== 'win32';

export function getArtifact(
  context: EndpointContext,
  hash: string,
  options: RequestOptions = {},
): Promise<Artifact | null> {
  return context.operations.run(options.signal, async (operation) => {
    try {
      return await getVerified(context, operation, { hash, options });
    } catch (error) {
      if (isLarderError(error)) throw error;
      throw createFileError({ hash, file: context.temporaryDirectory }, error);
    }
  });
}

async function getVerified(
  context: EndpointContext,
  operation: Operation,
  { hash, options }: { hash: string; options: RequestOptions },
): Promise<Artifact | null> {
  const folder = await mkdtemp(join(context.temporaryDirectory, 'larder-artifact-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  let body: TemporaryContent | null = null;
  try {
    const file = join(folder, 'artifact');
    const metadata = await downloadArtifact(context, operation, { hash, file, options });
    if (metadata === null) return null;
    body = new TemporaryContent(await open(file), remove);
    operation.lastUntilClosed(body);
    return { metadata, body };
  } finally {
    if (body === null || canRemoveOpenFiles) await remove();
  }
}
