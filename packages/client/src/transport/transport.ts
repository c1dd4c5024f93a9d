import { finished } from 'node:stream';
import { type ArtifactBody } from '../artifacts-client.ts';
import { createClientError, isOutage, isRetryable } from '../errors/client-errors.ts';
import { isLarderError, type LarderError } from '../errors/larder-error.ts';
import { type ResolvedOptions } from '../resolve-options.ts';
import { type Runtime } from '../runtime.ts';
import { type AccessKind, createAccessGate } from './access-gate.ts';
import { createAnswerError } from './answer-error.ts';
import { createConnectionPool } from './connection-pool.ts';
import { headerValue, type HttpAnswer } from './http-answer.ts';
import { type AttemptOutcome, type BreakerPermit, createOutageBreaker } from './outage-breaker.ts';
import { preflight } from './preflight.ts';
import { followRedirects, type FollowedAnswer } from './redirects.ts';
import { parseRetryAfterMs, retryDelayMs } from './retry-delay.ts';
import { createLinks } from './links.ts';
import { createServerPulse } from './server-pulse.ts';
import { type HttpMethod, type HttpRequest, sendRequest } from './send-request.ts';

/** A call of one endpoint, with as many attempts as it takes. */
export interface TransportCall<T> {
  method: HttpMethod;
  /** Appended to `/v8/artifacts`. */
  path: string;
  access: AccessKind;
  headers: Readonly<Record<string, string>>;
  body?: ArtifactBody;
  /** Whether the server may answer with an address to fetch an artifact from. */
  mayBeLinked?: boolean;
  /** Whether the option `preflight` applies to it. */
  mayPreflight?: boolean;
  /** Its failures must not keep anything else from being sent. */
  isOptional?: boolean;
  retries: number;
  /** Its reason must be a LarderError. */
  signal: AbortSignal;
  /** Which answers `handle` wants; the others become errors. */
  isExpected: (status: number) => boolean;
  /**
   * Makes the result of an answer, and must read or destroy its body, or hand it on to somebody who
   * will. What it throws counts as a failure of the attempt.
   */
  handle: (answer: HttpAnswer) => Promise<T>;
}

/** Requests with everything that makes them survive: time-outs, retries, breaker, redirects. */
export interface Transport {
  call<T>(call: TransportCall<T>): Promise<T>;
  /** Throws what a call would fail with at once: for callers who have costly work to do before. */
  assertAvailable(access: AccessKind): void;
  /** Closes the connections; nothing may be under way. */
  close(): Promise<void>;
}

type Attempt<T> = { value: T } | FailedAttempt;

interface FailedAttempt {
  error: LarderError;
  retryAfterMs: number | null;
  /** Nothing of an answer came, over a connection that was used before: the server had ended it. */
  isStale: boolean;
}

export function createTransport(options: ResolvedOptions, runtime: Runtime): Transport {
  const pool = createConnectionPool(options);
  const { dispatcher } = pool;
  const gate = createAccessGate();
  const breaker = createOutageBreaker({ ...options.breaker, monotonicNow: runtime.monotonicNow });
  const pulse = createServerPulse();
  const links = createLinks({ monotonicNow: runtime.monotonicNow });
  let lastOutage: LarderError | null = null;

  function createBreakerError(): LarderError {
    return createClientError(
      'LARDER_OUTAGE_BREAKER_OPEN',
      `Not sent, because the server was down a moment ago: ${lastOutage?.message ?? ''}`,
      lastOutage,
    );
  }

  function settle(permit: BreakerPermit, outcome: AttemptOutcome, error: unknown): void {
    if (outcome === 'outage' && isLarderError(error)) lastOutage = error;
    permit.settle(outcome);
  }

  async function sendCall<T>(call: TransportCall<T>): Promise<FollowedAnswer> {
    const { firstByteTimeoutMs, stallTimeoutMs, baseUrl } = options;
    const { signal } = call;
    const send = (request: HttpRequest): Promise<HttpAnswer> =>
      sendRequest(request, { dispatcher, firstByteTimeoutMs, stallTimeoutMs, pulse, signal });
    const request = buildRequest(call, options);
    const isPreflighted = options.preflight && call.mayPreflight === true;
    const first = isPreflighted ? await preflight(request, { baseUrl, send }) : request;
    return call.mayBeLinked === true
      ? links.follow(first, { send, signal })
      : followRedirects(first, send);
  }

  async function attempt<T>(call: TransportCall<T>): Promise<Attempt<T>> {
    gate.check(call.access);
    const permit = breaker.acquire();
    if (permit === null) throw createBreakerError();

    let answer: FollowedAnswer | null = null;
    try {
      answer = await sendCall(call);
      permit.answered(answer.status);
      if (!call.isExpected(answer.status)) {
        throw await createAnswerError(answer, { access: call.access, token: options.token });
      }
      const value = await call.handle(answer);
      // Not before the content is through: it may still be on its way.
      finished(answer.body, (error) => {
        settle(permit, error == null ? 'healthy' : outcomeOfFailure(error, call), error);
      });
      return { value };
    } catch (error) {
      answer?.body.destroy();
      const isStale = answer === null && isLossOfUsedConnection(error);
      settle(permit, isStale ? 'unknown' : outcomeOfFailure(error, call), error);
      if (!isLarderError(error)) throw error;
      if (call.isOptional !== true) gate.note(error);
      const retryAfter = answer === null ? null : headerValue(answer.headers, 'retry-after');
      return { error, retryAfterMs: parseRetryAfterMs(retryAfter, runtime.now()), isStale };
    }
  }

  function isLossOfUsedConnection(error: unknown): boolean {
    return (
      isLarderError(error) &&
      error.code === 'LARDER_CONNECTION_LOST' &&
      pool.isLossOfUsedConnection(error.cause)
    );
  }

  /**
   * An attempt that is made anew, at once, for each connection that turns out to be gone: a server
   * ends what is idle for long, and a request can cross that on the way.
   */
  async function attemptOnOpenConnection<T>(call: TransportCall<T>): Promise<Attempt<T>> {
    for (let staleCount = 0; ; staleCount += 1) {
      const result = await attempt(call);
      const isReplaceable = 'error' in result && result.isStale;
      if (!isReplaceable || staleCount >= options.maxConnections) return result;
    }
  }

  return {
    async call(call) {
      for (let number = 0; ; number += 1) {
        const result = await attemptOnOpenConnection(call);
        if ('value' in result) return result.value;
        const { error, retryAfterMs } = result;
        if (number >= call.retries || !isRetryable(error) || breaker.isOpen()) throw error;
        const delayMs = retryDelayMs({ attempt: number, retryAfterMs, random: runtime.random });
        await runtime.sleep(delayMs, call.signal);
      }
    },
    assertAvailable(access) {
      gate.check(access);
      if (breaker.isOpen()) throw createBreakerError();
    },
    close: () => pool.close(),
  };
}

function buildRequest<T>(call: TransportCall<T>, options: ResolvedOptions): HttpRequest {
  const url = new URL(options.baseUrl);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v8/artifacts${call.path}`;
  if (options.teamId !== undefined) url.searchParams.set('teamId', options.teamId);
  if (options.slug !== undefined) url.searchParams.set('slug', options.slug);
  return {
    method: call.method,
    url,
    headers: {
      ...call.headers,
      authorization: `Bearer ${options.token}`,
      'user-agent': options.userAgent,
      // What arrives must be what was stored, byte by byte.
      'accept-encoding': 'identity',
    },
    body: call.body,
  };
}

/** An answer of any kind but 5xx shows that the server is there; local trouble shows nothing. */
function outcomeOfFailure(
  error: unknown,
  { isOptional = false }: { isOptional?: boolean },
): AttemptOutcome {
  if (!isLarderError(error)) return 'unknown';
  if (isOutage(error)) return isOptional ? 'unknown' : 'outage';
  return /^LARDER_(HTTP|ACCESS)_/.test(error.code) ? 'healthy' : 'unknown';
}
