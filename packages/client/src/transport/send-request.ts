import { type Readable } from 'node:stream';
import { type Dispatcher } from 'undici';
import { type ArtifactBody } from '../artifacts-client.ts';
import { type ClientErrorCode, createClientError } from '../errors/client-errors.ts';
import { isLarderError, type LarderError } from '../errors/larder-error.ts';
import { AnswerBody } from './answer-body.ts';
import { type AnswerHeaders, type HttpAnswer } from './http-answer.ts';
import { type ServerPulse } from './server-pulse.ts';
import { openUploadBody, type UploadBody } from './upload-body.ts';
import { createWatchdog, type WaitPhase, type Watchdog } from './watchdog.ts';

export type HttpMethod = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'OPTIONS';

export interface HttpRequest {
  method: HttpMethod;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: ArtifactBody | undefined;
  /** The answer to a preflight did not ask for the token. */
  isTokenWithheld?: boolean;
}

export interface SendOptions {
  dispatcher: Dispatcher;
  firstByteTimeoutMs: number;
  stallTimeoutMs: number;
  /** The same for all requests to the server. */
  pulse: ServerPulse;
  /** Its reason must be a LarderError. */
  signal: AbortSignal;
}

/** Such as `GET https://host/path`. The query stays out: a redirect's can hold a signature. */
export function describeRequest({ method, url }: Pick<HttpRequest, 'method' | 'url'>): string {
  return `${method} ${url.origin}${url.pathname}`;
}

/**
 * Sends one request and resolves with the head of its answer, whatever its status. Rejects with a
 * LarderError; after the head, the answer's body is destroyed with it instead.
 */
export function sendRequest(request: HttpRequest, options: SendOptions): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    options.signal.throwIfAborted();
    const exchange = new Exchange(request, options, { resolve, reject });
    options.dispatcher.dispatch(
      {
        origin: request.url.origin,
        path: request.url.pathname + request.url.search,
        method: request.method,
        headers: { ...request.headers },
        body: exchange.uploadChunks,
        // Otherwise undici ends the connection after each HEAD, and the next request needs a new one.
        ...(request.method === 'HEAD' && { reset: false }),
      },
      exchange,
    );
  });
}

// OpenSSL's, Node's and undici's codes for certificates and handshakes; the system's look different.
const TLS_CODE =
  /^(ERR_SSL_|ERR_TLS_|CERT_|CRL_|DEPTH_ZERO_|ERROR_IN_C|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|SELF_SIGNED_|UNABLE_TO_|EPROTO$|UND_ERR_PRX_TLS$)/;

interface Settlers {
  resolve: (answer: HttpAnswer) => void;
  reject: (error: Error) => void;
}

/**
 * The life of one request. undici's own time-outs are not used: they count in steps of half a
 * second, and its wait for the head of an answer runs while a body is still being sent.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #description: string;
  readonly #options: SendOptions;
  readonly #settlers: Settlers;
  readonly #watchdog: Watchdog;
  readonly #upload: UploadBody | null;
  readonly #onAbort = (): void => {
    this.#fail(this.#options.signal.reason as LarderError);
  };
  #controller: Dispatcher.DispatchController | null = null;
  #answerBody: AnswerBody | null = null;
  #receivedBytes = 0;
  #isOver = false;

  constructor(request: HttpRequest, options: SendOptions, settlers: Settlers) {
    this.#description = describeRequest(request);
    this.#options = options;
    this.#settlers = settlers;
    this.#watchdog = createWatchdog({
      firstByteTimeoutMs: options.firstByteTimeoutMs,
      stallTimeoutMs: options.stallTimeoutMs,
      pulse: options.pulse,
      onExpired: (phase) => {
        this.#fail(this.#createTimeoutError(phase));
      },
    });
    this.#upload =
      request.body === undefined
        ? null
        : openUploadBody(request.body, {
            onProgress: () => {
              this.#watchdog.touch();
            },
            onSent: () => {
              if (this.#answerBody === null && !this.#isOver) this.#watchdog.arm('firstByte');
            },
          });
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get uploadChunks(): NonNullable<Dispatcher.DispatchOptions['body']> | null {
    // undici takes any async iterable; its types do not say so.
    return (this.#upload?.chunks ?? null) as unknown as Readable | null;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) {
      controller.abort(new Error('Given up while waiting for a connection'));
      return;
    }
    this.#watchdog.arm(this.#upload === null ? 'firstByte' : 'stall');
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: AnswerHeaders,
  ): void {
    if (status < 200) {
      this.#watchdog.touch();
      return;
    }
    if (status < 500) this.#options.pulse.beat();
    this.#watchdog.arm('stall');
    this.#answerBody = new AnswerBody({
      onDemand: () => {
        if (!controller.paused || this.#isOver) return;
        this.#watchdog.arm('stall');
        controller.resume();
      },
      onDestroyed: (error) => {
        if (this.#isOver) return;
        this.#finish();
        controller.abort(error ?? new Error('The reader of the answer went away'));
      },
    });
    this.#settlers.resolve({
      description: this.#description,
      status,
      headers,
      body: this.#answerBody,
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#receivedBytes += chunk.byteLength;
    if (this.#answerBody?.push(chunk) === true) {
      this.#watchdog.touch();
    } else {
      // Now it is the reader who takes its time, not the network.
      controller.pause();
      this.#watchdog.disarm();
    }
  }

  onResponseEnd(): void {
    this.#finish();
    this.#answerBody?.push(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(isLarderError(error) ? error : this.#createConnectionError(error));
  }

  #fail(error: LarderError): void {
    if (this.#isOver) return;
    this.#finish();
    this.#controller?.abort(error);
    if (this.#answerBody === null) this.#settlers.reject(error);
    else this.#answerBody.destroy(error);
  }

  #finish(): void {
    this.#isOver = true;
    this.#watchdog.disarm();
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#upload?.destroy();
  }

  #createTimeoutError(phase: WaitPhase): LarderError {
    return phase === 'firstByte'
      ? this.#createError(
          'LARDER_TIMEOUT_FIRST_BYTE',
          `no answer within ${this.#options.firstByteTimeoutMs} ms`,
        )
      : this.#createError(
          'LARDER_TIMEOUT_STALL',
          `nothing moved for ${this.#options.stallTimeoutMs} ms`,
        );
  }

  #createConnectionError(error: Error): LarderError {
    const { code = error.name } = error as NodeJS.ErrnoException;
    if (this.#controller === null) {
      return this.#createConnectError(code, error);
    }
    if (error.name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW') {
      return this.#createError(
        'LARDER_HTTP_ANSWER_MALFORMED',
        `the answer is not HTTP (${code})`,
        error,
      );
    }
    const when =
      this.#answerBody === null
        ? 'before the answer'
        : `after ${this.#receivedBytes} bytes of the answer`;
    return this.#createError(
      'LARDER_CONNECTION_LOST',
      `the connection was lost ${when} (${code})`,
      error,
    );
  }

  #createConnectError(code: string, error: Error): LarderError {
    // The second is a proxy's, which has not said whether it connects.
    if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT') {
      return this.#createError('LARDER_CONNECT_TIMEOUT', 'no connection in time', error);
    }
    if (TLS_CODE.test(code)) {
      return this.#createError('LARDER_CONNECT_TLS_FAILED', `no TLS connection (${code})`, error);
    }
    // What undici says of a proxy that refuses holds no more than its status.
    const reason = code === 'UND_ERR_ABORTED' ? error.message : code;
    return this.#createError('LARDER_CONNECT_FAILED', `no connection (${reason})`, error);
  }

  #createError(code: ClientErrorCode, what: string, cause?: Error): LarderError {
    return createClientError(code, `${this.#description} failed: ${what}`, cause);
  }
}
