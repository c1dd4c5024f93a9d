import {
  type ArtifactMetadata,
  type ArtifactsClient,
  type QueryResult,
  type RequestOptions,
} from '../artifacts-client.ts';
import { isLarderError } from '../errors/larder-error.ts';
import { type Operation } from '../operations.ts';
import { discard, type HttpAnswer } from '../transport/http-answer.ts';
import { artifactPath } from './artifact-hash.ts';
import { type EndpointContext } from './endpoint-context.ts';
import { requestMetadata } from './head-artifact.ts';
import { forEachInParallel } from './in-parallel.ts';
import { createMalformedError, jsonContent, readJson } from './json-content.ts';
import { parseQueryEntry } from './query-entry.ts';
import { DEFAULT_READ_RETRIES, resolveRetries } from './retries.ts';
import { isUnknownEndpoint } from './unknown-endpoint.ts';

const MAX_HASHES_PER_REQUEST = 500;
// A hash, a tag, a commit and a dirty hash, each as long as it may be, and their names.
const MAX_BYTES_PER_ENTRY = 2048;

/** What a server told about some hashes; what is missing, it did not tell about. */
type Answers = ReadonlyMap<string, ArtifactMetadata | null>;

/** Makes `query`, which remembers whether the server knows the endpoint. */
export function createQueryArtifacts(context: EndpointContext): ArtifactsClient['query'] {
  let isEndpointUnknown = false;

  /** One request after the other, so that a server without the endpoint is asked only once. */
  async function askInChunks(hashes: string[], operation: Operation, options: RequestOptions) {
    const answers = new Map<string, ArtifactMetadata | null>();
    for (let start = 0; start < hashes.length && !isEndpointUnknown;) {
      const chunk = hashes.slice(start, start + MAX_HASHES_PER_REQUEST);
      const told = await requestQuery(context, operation, { hashes: chunk, options });
      if (told === null) isEndpointUnknown = true;
      for (const [hash, answer] of told ?? []) answers.set(hash, answer);
      start += chunk.length;
    }
    return answers;
  }

  return (hashes, options = {}) =>
    context.operations.run(options.signal, async (operation) => {
      const distinct = [...new Set(hashes)];
      for (const hash of distinct) artifactPath(hash);
      const results = new Map<string, QueryResult>(await askInChunks(distinct, operation, options));
      if (options.fallback === false) return results;
      const untold = distinct.filter((hash) => !results.has(hash));
      await forEachInParallel(untold, context.maxConnections, async (hash) => {
        results.set(hash, await requestOne(context, operation, { hash, options }));
      });
      return new Map(distinct.map((hash) => [hash, results.get(hash) ?? null]));
    });
}

/** Asks for up to `MAX_HASHES_PER_REQUEST`; null when the server does not know how to answer. */
function requestQuery(
  context: EndpointContext,
  { signal }: Operation,
  { hashes, options }: { hashes: string[]; options: RequestOptions },
): Promise<Answers | null> {
  return context.transport.call({
    method: 'POST',
    path: '',
    access: 'read',
    ...jsonContent({ hashes }),
    retries: resolveRetries(options.retries, DEFAULT_READ_RETRIES),
    signal,
    isExpected: (status) => status === 200 || isUnknownEndpoint(status),
    async handle(answer) {
      if (answer.status === 200) return readAnswers(answer, hashes);
      await discard(answer.body);
      return null;
    },
  });
}

/** null when there is not a word about any of the hashes, as from servers that only pretend. */
async function readAnswers(answer: HttpAnswer, hashes: string[]): Promise<Answers | null> {
  const told = await readJson(answer, { maxBytes: hashes.length * MAX_BYTES_PER_ENTRY + 1024 });
  if (typeof told !== 'object' || told === null || Array.isArray(told)) {
    throw createMalformedError(answer, 'JSON that is not an object');
  }
  const entries = new Map<string, unknown>(Object.entries(told));
  if (!hashes.some((hash) => entries.has(hash))) return null;

  const answers = new Map<string, ArtifactMetadata | null>();
  for (const hash of hashes) {
    const entry = parseQueryEntry(entries.get(hash));
    if (entry !== undefined) answers.set(hash, entry);
  }
  return answers;
}

async function requestOne(
  context: EndpointContext,
  operation: Operation,
  request: { hash: string; options: RequestOptions },
): Promise<QueryResult> {
  try {
    return await requestMetadata(context, operation, request);
  } catch (error) {
    operation.signal.throwIfAborted();
    if (isLarderError(error)) return error;
    throw error;
  }
}
