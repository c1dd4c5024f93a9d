import { type RequestOptions } from '../artifacts-client.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { createMalformedError, readJson } from './json-content.ts';
import { DEFAULT_READ_RETRIES, resolveRetries } from './retries.ts';
import { assertKnownEndpoint, isUnknownEndpoint } from './unknown-endpoint.ts';

export function deleteAllArtifacts(
  context: EndpointContext,
  options: RequestOptions = {},
): Promise<number> {
  return context.operations.run(options.signal, ({ signal }) =>
    context.transport.call({
      method: 'DELETE',
      path: '',
      access: 'delete',
      headers: {},
      retries: resolveRetries(options.retries, DEFAULT_READ_RETRIES),
      signal,
      isExpected: (status) => status === 200 || isUnknownEndpoint(status),
      async handle(answer) {
        await assertKnownEndpoint(answer);
        const count = findCount(await readJson(answer));
        if (count === null) throw createMalformedError(answer, 'no number of deleted artifacts');
        return count;
      },
    }),
  );
}

function findCount(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('deletedCount' in value)) return null;
  const { deletedCount } = value;
  return Number.isSafeInteger(deletedCount) ? (deletedCount as number) : null;
}
