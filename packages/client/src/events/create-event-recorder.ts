import { randomUUID } from 'node:crypto';
import { type ArtifactEvent, type ArtifactsClient } from '../artifacts-client.ts';
import { assertSessionId, toWireEvent } from '../endpoints/record-events.ts';
import { createClientError } from '../errors/client-errors.ts';
import { isLarderError, type LarderError } from '../errors/larder-error.ts';

const MAX_EVENTS_PER_REQUEST = 500;
const MAX_WAITING_EVENTS = 10_000;
const MAX_MS = 2 ** 31 - 1;

/** Options of `createEventRecorder`. */
export interface EventRecorderOptions {
  /** A UUID that all events carry. Default: a new one of version 4. */
  sessionId?: string;
  /** How many waiting events are sent without waiting for more. Default: 10. */
  batchSize?: number;
  /** How long fewer events wait for another one, in milliseconds. Default: 200. */
  idleMs?: number;
  /** How long `close` may take, in milliseconds. Default: 200. */
  closeTimeoutMs?: number;
  /**
   * Told of everything that keeps events from arriving, which otherwise nobody notices. Must not
   * throw.
   */
  onError?: (error: LarderError) => void;
}

/** Sends events to the server in the background. Neither waiting nor sending keeps anybody waiting. */
export interface EventRecorder {
  readonly sessionId: string;
  /** Takes an event and returns at once; never throws. */
  record(event: ArtifactEvent): void;
  /**
   * Sends what is waiting, for as long as `closeTimeoutMs`, and drops the rest. Never rejects. Call
   * it before the client is closed. May be called again.
   */
  close(): Promise<void>;
}

/**
 * Creates a recorder of what was asked for, for the statistics of the server. Its timer keeps no
 * process alive. An answer that later events would meet as well, such as a refusal or that the server
 * does not take events, ends the recording.
 *
 * @throws LarderError `LARDER_REQUEST_OPTION_INVALID`
 */
export function createEventRecorder(
  client: Pick<ArtifactsClient, 'recordEvents'>,
  options: EventRecorderOptions = {},
): EventRecorder {
  const { sessionId = randomUUID(), onError = () => undefined } = options;
  assertSessionId(sessionId);
  const batchSize = resolveWhole('batchSize', options.batchSize ?? 10, 1);
  const idleMs = resolveWhole('idleMs', options.idleMs ?? 200, 0);
  const closeTimeoutMs = resolveWhole('closeTimeoutMs', options.closeTimeoutMs ?? 200, 0);

  const patience = new AbortController();
  let waiting: ArtifactEvent[] = [];
  let droppedCount = 0;
  let idleTimer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | null = null;
  let closing: Promise<void> | null = null;
  let isOver = false;

  /** Must be called with something waiting. */
  async function sendWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MAX_EVENTS_PER_REQUEST);
      try {
        await client.recordEvents(sessionId, batch, { signal: patience.signal });
      } catch (error) {
        if (patience.signal.aborted) droppedCount += batch.length;
        else noteFailure(error);
      }
    }
    // At once: an event that comes before anybody could be told of the end needs a new request.
    sending = null;
  }

  function noteFailure(error: unknown): void {
    if (!isLarderError(error)) throw error;
    if (isFinal(error)) stop();
    onError(error);
  }

  function stop(): void {
    isOver = true;
    waiting = [];
    clearTimeout(idleTimer);
  }

  function flush(): void {
    clearTimeout(idleTimer);
    if (waiting.length > 0) sending ??= sendWaiting();
  }

  async function closeInTime(): Promise<void> {
    isOver = true;
    flush();
    const timer = setTimeout(() => {
      droppedCount += waiting.length;
      waiting = [];
      patience.abort();
    }, closeTimeoutMs);
    await sending;
    clearTimeout(timer);
    if (droppedCount > 0) onError(createDroppedError(droppedCount));
  }

  return {
    sessionId,
    record(event) {
      if (isOver) return;
      try {
        toWireEvent(event);
      } catch (error) {
        noteFailure(error);
        return;
      }
      if (waiting.length >= MAX_WAITING_EVENTS) {
        droppedCount += 1;
        return;
      }
      waiting.push({ ...event });
      if (waiting.length >= batchSize) {
        flush();
        return;
      }
      clearTimeout(idleTimer);
      idleTimer = setTimeout(flush, idleMs).unref();
    },
    close() {
      closing ??= closeInTime();
      return closing;
    },
  };
}

/** Whether the next request would fail in the same way. */
function isFinal({ code }: LarderError): boolean {
  return (
    code === 'LARDER_CLIENT_CLOSED' ||
    code === 'LARDER_HTTP_ENDPOINT_UNKNOWN' ||
    code.startsWith('LARDER_ACCESS_')
  );
}

function createDroppedError(count: number): LarderError {
  return createClientError(
    'LARDER_EVENTS_DROPPED',
    `${count} events were not sent: there were too many, or no time was left`,
  );
}

function resolveWhole(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least && value <= MAX_MS) return value;
  throw createClientError(
    'LARDER_REQUEST_OPTION_INVALID',
    `The ${name} ${value} is not a whole number from ${least} to ${MAX_MS}`,
  );
}
