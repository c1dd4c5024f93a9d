import { type CachingStatus, type RequestOptions } from '../artifacts-client.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { createMalformedError, readJson } from './json-content.ts';
import { DEFAULT_READ_RETRIES, resolveRetries } from './retries.ts';
import { assertKnownEndpoint, isUnknownEndpoint } from './unknown-endpoint.ts';

const STATUSES: readonly CachingStatus[] = ['enabled', 'disabled', 'over_limit', 'paused'];

export function getStatus(
  context: EndpointContext,
  options: RequestOptions = {},
): Promise<CachingStatus> {
  return context.operations.run(options.signal, ({ signal }) =>
    context.transport.call({
      method: 'GET',
      path: '/status',
      access: 'read',
      headers: {},
      retries: resolveRetries(options.retries, DEFAULT_READ_RETRIES),
      signal,
      isExpected: (status) => status === 200 || isUnknownEndpoint(status),
      async handle(answer) {
        await assertKnownEndpoint(answer);
        const status = findStatus(await readJson(answer));
        if (status === null) throw createMalformedError(answer, 'no known caching status');
        return status;
      },
    }),
  );
}

/** Reads `{"status":"enabled"}` or, as Vercel's own SDK also accepts, the bare `"enabled"`. */
function findStatus(value: unknown): CachingStatus | null {
  const said =
    typeof value === 'object' && value !== null && 'status' in value ? value.status : value;
  return STATUSES.find((status) => status === said) ?? null;
}
