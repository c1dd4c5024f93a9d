import { type ArtifactEvent, type RequestOptions } from '../artifacts-client.ts';
import { createClientError } from '../errors/client-errors.ts';
import { discard } from '../transport/http-answer.ts';
import { artifactPath } from './artifact-hash.ts';
import { roundDuration, senderHeaders } from './artifact-headers.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { jsonContent } from './json-content.ts';
import { DEFAULT_READ_RETRIES, resolveRetries } from './retries.ts';
import { assertKnownEndpoint, isUnknownEndpoint } from './unknown-endpoint.ts';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export function recordEvents(
  context: EndpointContext,
  { sessionId, events }: { sessionId: string; events: readonly ArtifactEvent[] },
  options: RequestOptions = {},
): Promise<void> {
  return context.operations.run(options.signal, async ({ signal }) => {
    assertSessionId(sessionId);
    const content = jsonContent(events.map((event) => ({ sessionId, ...toWireEvent(event) })));
    if (events.length === 0) return;
    await context.transport.call({
      method: 'POST',
      path: '/events',
      access: 'read',
      headers: { ...senderHeaders(context.environment), ...content.headers },
      body: content.body,
      retries: resolveRetries(options.retries, DEFAULT_READ_RETRIES),
      signal,
      isOptional: true,
      mayPreflight: true,
      isExpected: (status) => (status >= 200 && status < 300) || isUnknownEndpoint(status),
      async handle(answer) {
        await assertKnownEndpoint(answer);
        await discard(answer.body);
      },
    });
  });
}

/** Throws `LARDER_REQUEST_OPTION_INVALID`. */
export function assertSessionId(sessionId: string): void {
  if (UUID.test(sessionId)) return;
  throw createClientError('LARDER_REQUEST_OPTION_INVALID', 'The sessionId is not a UUID');
}

/** Throws `LARDER_REQUEST_HASH_INVALID` or `LARDER_REQUEST_OPTION_INVALID`. */
export function toWireEvent({ source, event, hash, durationMs }: ArtifactEvent): object {
  artifactPath(hash);
  assertOneOf('source', source, ['LOCAL', 'REMOTE']);
  assertOneOf('event', event, ['HIT', 'MISS']);
  const hasDuration = event === 'HIT' && durationMs !== undefined;
  return {
    source,
    event,
    hash,
    ...(hasDuration && { duration: roundDuration(durationMs) }),
  };
}

function assertOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw createClientError(
    'LARDER_REQUEST_OPTION_INVALID',
    `The ${name} of an event must be ${allowed.join(' or ')}`,
  );
}
