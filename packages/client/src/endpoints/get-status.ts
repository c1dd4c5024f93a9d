import { type CachingStatus, type RequestOptions } from '../artifacts-client.ts';
import { createClientError } from '../errors/client-errors.ts';
import { readText } from '../transport/http-answer.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { DEFAULT_READ_RETRIES, resolveRetries } from './retries.ts';

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
      isExpected: (status) => status === 200,
      async handle(answer) {
        const status = parseStatus(await readText(answer.body));
        if (status !== null) return status;
        signal.throwIfAborted();
        throw createClientError(
          'LARDER_HTTP_ANSWER_MALFORMED',
          `${answer.description} was not answered with a caching status`,
        );
      },
    }),
  );
}

/** Reads `{"status":"enabled"}` or, as Vercel's own SDK also accepts, the bare `"enabled"`. */
function parseStatus(text: string | null): CachingStatus | null {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return null;
  }
  const said =
    typeof value === 'object' && value !== null && 'status' in value ? value.status : value;
  return STATUSES.find((status) => status === said) ?? null;
}
