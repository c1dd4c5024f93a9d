import { Readable } from 'node:stream';
import {
  type Artifact,
  type ArtifactBody,
  type ArtifactEvent,
  type ArtifactMetadata,
  type ArtifactsClient,
  type ArtifactsClientOptions,
  type ArtifactTagger,
  type ArtifactTagVerifier,
  type BreakerOptions,
  bufferBody,
  type CachingStatus,
  CLIENT_ERRORS,
  type ClientEnvironment,
  type ClientErrorCode,
  createArtifactsClient,
  createArtifactTag,
  createArtifactTagger,
  createArtifactTagVerifier,
  createEventRecorder,
  type EventRecorder,
  type EventRecorderOptions,
  fileBody,
  type GetToFileOptions,
  isLarderError,
  LarderError,
  type LarderErrorInit,
  type PutOptions,
  type QueryOptions,
  type QueryResult,
  type RequestOptions,
  type TagOptions,
  verifyArtifactTag,
} from '@larder/client';
import * as errors from '@larder/client/errors';

const hash = '0123456789abcdef';

export function createClient(): ArtifactsClient {
  const breaker: BreakerOptions = { failureThreshold: 3, coldFailureThreshold: 1, cooldownMs: 1 };
  const environment: ClientEnvironment = { clientCi: null, isInteractive: false, noProxy: '*' };
  const options: ArtifactsClientOptions = { token: 'secret', teamId: 'team', breaker, environment };
  return createArtifactsClient(options);
}

export async function transfer(client: ArtifactsClient, signal: AbortSignal): Promise<number> {
  const bytes: ArtifactBody = bufferBody(new Uint8Array(1));
  const stream: ArtifactBody = { sizeBytes: 1, open: () => Readable.from([new Uint8Array(1)]) };
  const putOptions: PutOptions = { durationMs: 1, sha: 'sha', dirtyHash: 'dirty', tag: 'tag' };
  await client.put(hash, bytes, putOptions);
  await client.put(hash, stream);
  await client.put(hash, fileBody('file', 1));

  const options: RequestOptions = { signal, retries: 0 };
  const artifact: Artifact | null = await client.get(hash, options);
  const body: Readable | undefined = artifact?.body;
  body?.destroy();

  const intoFile: GetToFileOptions = { ...options, onMetadata: ({ sizeBytes }) => sizeBytes };
  const metadata: ArtifactMetadata | null = await client.getToFile(hash, 'file', intoFile);
  const durationMs: number = metadata?.durationMs ?? 0;
  const tag: string | null | undefined = (await client.head(hash))?.tag;
  return durationMs + (tag?.length ?? 0);
}

export async function ask(client: ArtifactsClient): Promise<string> {
  const queryOptions: QueryOptions = { retries: 0, fallback: false };
  const results: Map<string, QueryResult> = await client.query(new Set([hash]), queryOptions);
  const result = results.get(hash);
  if (isLarderError(result)) return result.code;
  if (result) return String(result.sizeBytes);
  const status: CachingStatus = await client.status();
  const deleted: number = await client.deleteAll();
  return status === 'enabled' ? 'enabled' : String(deleted);
}

export async function record(client: ArtifactsClient): Promise<void> {
  const options: EventRecorderOptions = { batchSize: 1, onError: ({ hint }) => hint };
  const recorder: EventRecorder = createEventRecorder(client, options);
  const event: ArtifactEvent = { source: 'LOCAL', event: 'MISS', hash };
  recorder.record(event);
  await recorder.close();
  await client.recordEvents(recorder.sessionId, [event]);
  await client.close();
}

export async function tag(body: Readable): Promise<void> {
  const options: TagOptions = { hash, sizeBytes: 1, teamId: undefined, signatureKey: 'key' };
  const tagger: ArtifactTagger = createArtifactTagger(options);
  tagger.update(new Uint8Array(1));
  const verifier: ArtifactTagVerifier = createArtifactTagVerifier(tagger.digest(), options);
  verifier.verify();
  await verifyArtifactTag(body, await createArtifactTag(body, options), options);
}

export function fail(error: unknown): LarderError | errors.LarderError {
  const code: ClientErrorCode = 'LARDER_CLIENT_CLOSED';
  const init: LarderErrorInit = { code, message: 'closed', hint: CLIENT_ERRORS[code].hint };
  const initOfEntry: errors.LarderErrorInit = init;
  if (errors.isLarderError(error)) return new LarderError(init);
  return new errors.LarderError(initOfEntry);
}
