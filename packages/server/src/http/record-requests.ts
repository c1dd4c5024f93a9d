// What requests add to the usage: who looked up what, what was sent and stored, how it ended.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OpenArtifact, PutOutcome } from '../artifacts/artifact-cache.ts';
import { isLarderError } from '../errors/larder-error.ts';
import type { ArtifactApi, ArtifactRecord } from '../storage/artifact-index.ts';
import {
  createCountedLookups,
  type CountedLookups,
  type LookupKey,
} from '../usage/counted-lookups.ts';
import { bucketOf } from '../usage/latency-buckets.ts';
import { createRequestCounts, type RequestCounts } from '../usage/request-counts.ts';
import {
  LATENCY_MEASURES,
  LOOKUP_MEASURES,
  type ClientClass,
  type LookupResult,
  type RequestMeasure,
  type TransferMethod,
} from '../usage/usage-measures.ts';
import {
  createUsageRecorder,
  type UsageRecorder,
  type UsageTeam,
} from '../usage/usage-recorder.ts';
import { principalOf } from './authentication.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The team that the request is about; null: none, or not yet known. */
    usageTeam: UsageTeam;
    /** What its time is counted as; null: it is not. */
    transfer: TransferMethod | null;
    /** What it is answered with; null: it is no hit. */
    hit: Hit | null;
    /** How it ended, where its status does not say so. */
    ending: 'failed' | 'aborted' | null;
  }
}

interface Hit {
  api: ArtifactApi;
  hash: string;
  record: ArtifactRecord;
}

interface Upload {
  api: ArtifactApi;
  hash: string;
  outcome: PutOutcome;
  sizeBytes: number;
}

/** Where everything is counted that the server does. */
export interface UsageCounting {
  recorder: UsageRecorder;
  requests: RequestCounts;
  lookups: CountedLookups;
}

export function createUsageCounting(): UsageCounting {
  return {
    recorder: createUsageRecorder(),
    requests: createRequestCounts(),
    lookups: createCountedLookups(),
  };
}

/** What a client tells of a lookup: the fields of the artifacts API that count. */
export interface LookupEvent {
  source: 'LOCAL' | 'REMOTE';
  event: 'HIT' | 'MISS';
  hash: string;
}

/** Counts every request once its answer is out. */
export function recordRequests(app: FastifyInstance, counting: UsageCounting): void {
  app.decorateRequest('usageTeam', null);
  app.decorateRequest('transfer', null);
  app.decorateRequest('hit', null);
  app.decorateRequest('ending', null);
  app.addHook('onResponse', (request, reply, done) => {
    if (reply.raw.writableFinished) recordAnswer(counting, request, reply);
    else recordAbort(counting, request);
    done();
  });
}

function recordAnswer(counting: UsageCounting, request: FastifyRequest, reply: FastifyReply): void {
  const { recorder, requests } = counting;
  const { usageTeam: team, transfer } = request;
  const status = reply.raw.statusCode;
  requests.add(request.routeOptions.url, request.method, status);
  if (status === 401) recorder.add(null, 'auth_failures');
  recorder.add(team, outcomeOf(request, status));
  if (transfer === null) return;
  const { buckets, sum } = LATENCY_MEASURES[transfer];
  recorder.add(team, buckets[bucketOf(reply.elapsedTime)] ?? sum);
  recorder.add(team, sum, Math.round(reply.elapsedTime * 1_000));
  if (request.hit !== null) recordHit(counting, request, request.hit);
}

/** Counts a request of which the client was gone before its answer was out, once. */
function recordAbort({ recorder, requests }: UsageCounting, request: FastifyRequest): void {
  if (request.ending === 'aborted') return;
  request.ending = 'aborted';
  requests.add(request.routeOptions.url, request.method, null);
  recorder.add(request.usageTeam, 'requests_aborted');
}

/** Notes what a download is answered with; it is a hit once all of it has left. */
export function noteHit(
  counting: UsageCounting,
  reply: FastifyReply,
  { api, hash, record, body = null }: Hit & { body?: OpenArtifact['body'] | null },
): void {
  const { request, raw } = reply;
  if (body !== null && !Buffer.isBuffer(body)) {
    // Fastify tells of no answer that was cut off; the response itself does.
    raw.once('close', () => {
      if (!raw.writableFinished) recordAbort(counting, request);
    });
  }
  // A part of an artifact is asked for by somebody who has looked it up before.
  if (request.headers.range !== undefined) return;
  request.transfer = 'get';
  request.hit = { api, hash, record };
}

/** Counts a download that found nothing. */
export function recordMiss(
  counting: UsageCounting,
  request: FastifyRequest,
  { api, hash }: Pick<Hit, 'api' | 'hash'>,
): void {
  if (request.headers.range !== undefined || request.usageTeam === null) return;
  request.transfer = 'get';
  const key = { ...lookupKeyOf(request, request.usageTeam, hash), address: request.ip };
  // Nx asks again and again while a task waits for its turn, and tells nobody of it.
  if (api === 'nx' && counting.lookups.isAskedAgain(key)) return;
  addLookup(counting, request, { api, result: 'miss' });
  if (api === 'artifacts') counting.lookups.note(key);
}

/** Counts an upload that has been stored, or was read to its end for nothing. */
export function recordUpload(
  { recorder, lookups }: UsageCounting,
  request: FastifyRequest,
  { api, hash, outcome, sizeBytes }: Upload,
): void {
  const { usageTeam: team } = request;
  request.transfer = 'put';
  recorder.add(team, `${outcome}_artifacts`);
  recorder.add(team, `${outcome}_bytes`, sizeBytes);
  if (api === 'nx' && team !== null) {
    lookups.settle({ ...lookupKeyOf(request, team, hash), address: request.ip });
  }
}

/**
 * Counts what a client tells of its lookups, except for what has been counted when it was asked for:
 * Turborepo tells of every download, Larder's plugin also of what it did not need to ask for, because
 * one question for all tasks of a command had told it before that there was nothing.
 */
export function recordEvents(
  counting: UsageCounting,
  request: FastifyRequest,
  events: readonly LookupEvent[],
): void {
  const { usageTeam: team } = request;
  if (team === null) return;
  for (const { source, event, hash } of events) {
    if (source === 'LOCAL') {
      if (event === 'HIT') counting.recorder.add(team, 'local_hits');
    } else if (!counting.lookups.take(lookupKeyOf(request, team, hash)) && event === 'MISS') {
      addLookup(counting, request, { api: 'artifacts', result: 'miss' });
    }
  }
}

/** Counts an error whose answer does not tell all of it. */
export function recordError(
  counting: UsageCounting,
  request: FastifyRequest,
  error: unknown,
): void {
  if (!isLarderError(error)) return;
  if (error.code === 'LARDER_SERVER_UPLOAD_ABORTED') recordAbort(counting, request);
  if (error.code !== 'LARDER_SERVER_STORAGE_FAILED') return;
  request.ending = 'failed';
  counting.recorder.add(request.usageTeam, 'storage_errors');
}

function recordHit(counting: UsageCounting, request: FastifyRequest, hit: Hit): void {
  const { usageTeam: team } = request;
  const { sizeBytes, durationMs } = hit.record;
  addLookup(counting, request, { api: hit.api, result: 'hit' });
  counting.recorder.add(team, 'served_bytes', sizeBytes);
  if (durationMs !== null) counting.recorder.add(team, 'saved_ms', durationMs);
  if (team === null) return;
  const key = lookupKeyOf(request, team, hit.hash);
  if (hit.api === 'artifacts') counting.lookups.note(key);
  else counting.lookups.settle({ ...key, address: request.ip });
}

function lookupKeyOf(request: FastifyRequest, team: string, hash: string): LookupKey {
  return { tokenId: principalOf(request).tokenId, team, hash };
}

function addLookup(
  { recorder }: UsageCounting,
  request: FastifyRequest,
  { api, result }: { api: ArtifactApi; result: LookupResult },
): void {
  recorder.add(request.usageTeam, LOOKUP_MEASURES[api][result][clientClassOf(request)]);
}

/**
 * CI when the client names one, or when its token was given to a CI job. Larder's client says in any
 * case whether it is interactive, which tells it from those that would not name their CI.
 */
function clientClassOf(request: FastifyRequest): ClientClass {
  const { headers } = request;
  if (headers['x-artifact-client-ci'] || principalOf(request).origin !== null) return 'ci';
  return headers['x-artifact-client-interactive'] === undefined ? 'unknown' : 'people';
}

function outcomeOf(request: FastifyRequest, status: number): RequestMeasure {
  if (request.ending === 'failed' || status >= 500) return 'requests_failed';
  // That there is no such artifact, or that there is one already, is an answer and no refusal.
  const isAnswer = status < 400 || request.transfer !== null;
  return isAnswer || (status === 404 && request.usageTeam !== null)
    ? 'requests_ok'
    : 'requests_refused';
}
