// Traces by OpenTelemetry, whose packages are installed by whoever wants them. Exporter, sampler and
// resource are configured by its own variables, see
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import type * as Api from '@opentelemetry/api';
import type * as Core from '@opentelemetry/core';
import type * as Exporter from '@opentelemetry/exporter-trace-otlp-http';
import type * as Resources from '@opentelemetry/resources';
import type * as Sdk from '@opentelemetry/sdk-trace-node';
import type { Logger } from 'pino';
import { readPackageVersion } from '../package-version.ts';
import type { Tracing } from './tracing.ts';

/** A collector that is down is worth a word now and then, not every few seconds. */
const TOLD_EVERY_MS = 10 * 60_000;

/** A stop does not wait for a collector that is down, to which the exporter tries to send for 10 s. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Null where the packages are not installed, which is trouble. */
export function startTracing(logger: Pick<Logger, 'warn'>): Tracing | null {
  const libraries = loadLibraries();
  if (libraries !== null) return createTracing(libraries, logger);
  logger.warn(
    'The environment asks for traces, whose packages are not installed beside @larder/server: ' +
      'see "Traces" in its documentation, or set OTEL_SDK_DISABLED=true.',
  );
  return null;
}

function createTracing(libraries: Libraries, logger: Pick<Logger, 'warn'>): Tracing {
  const { api, core, exporter, resources, sdk } = libraries;
  const version = readPackageVersion();
  const exported = new exporter.OTLPTraceExporter();
  let toldAtMs = -Infinity;

  function tell(cause: unknown): void {
    if (performance.now() < toldAtMs + TOLD_EVERY_MS) return;
    toldAtMs = performance.now();
    logger.warn({ err: cause }, 'traces could not be sent');
  }

  const provider = new sdk.NodeTracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': 'larder-server' }))
      .merge(resources.resourceFromAttributes({ 'service.version': version }))
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        export: (spans, done) => {
          exported.export(spans, (result) => {
            if (result.code !== core.ExportResultCode.SUCCESS) tell(result.error);
            done(result);
          });
        },
        shutdown: () => exported.shutdown(),
      }),
    ],
  });
  const tracer = provider.getTracer('@larder/server', version);
  const propagator = new core.W3CTraceContextPropagator();

  return {
    begin({ method, route, headers }) {
      const name = route === undefined ? method : `${method} ${route}`;
      // Names by https://opentelemetry.io/docs/specs/semconv/http/http-spans/. The path itself would
      // tell the hash of an artifact.
      const attributes: Api.Attributes = {
        'http.request.method': method,
        ...(route === undefined ? {} : { 'http.route': route }),
      };
      const parent = propagator.extract(api.ROOT_CONTEXT, headers, api.defaultTextMapGetter);
      const span = tracer.startSpan(name, { kind: api.SpanKind.SERVER, attributes }, parent);
      return {
        end({ status, isComplete }) {
          span.setAttribute('http.response.status_code', status);
          if (status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR });
          else if (!isComplete) {
            span.setStatus({ code: api.SpanStatusCode.ERROR, message: 'The client went away.' });
          }
          span.end();
        },
      };
    },

    async close() {
      const ended = new AbortController();
      const patience = setTimeout(CLOSE_TIMEOUT_MS, undefined, { signal: ended.signal });
      try {
        await Promise.race([provider.shutdown(), patience]);
      } catch (cause) {
        tell(cause);
      } finally {
        ended.abort();
        await patience.catch(() => undefined);
      }
    },
  };
}

interface Libraries {
  api: typeof Api;
  core: typeof Core;
  exporter: typeof Exporter;
  resources: typeof Resources;
  sdk: typeof Sdk;
}

/** Only here, so that a server without traces has none of it in memory. Null: they are not installed. */
function loadLibraries(): Libraries | null {
  const load = createRequire(__filename);
  try {
    return {
      api: load('@opentelemetry/api') as typeof Api,
      core: load('@opentelemetry/core') as typeof Core,
      exporter: load('@opentelemetry/exporter-trace-otlp-http') as typeof Exporter,
      resources: load('@opentelemetry/resources') as typeof Resources,
      sdk: load('@opentelemetry/sdk-trace-node') as typeof Sdk,
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}
