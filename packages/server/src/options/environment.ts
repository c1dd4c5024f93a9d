// The only file of this package that touches environment variables.
import { CONFIG_VARIABLE, OPTION_SOURCES } from './option-sources.ts';

/**
 * The variables that name options, without empty ones. Unknown variables of our prefix are no
 * error: Kubernetes sets `LARDER_SERVER_SERVICE_HOST` and others for a service of that name.
 */
export function readEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const variable of [CONFIG_VARIABLE, ...OPTION_SOURCES.map((source) => source.variable)]) {
    const value = environment[variable];
    if (value !== undefined && value !== '') values.set(variable, value);
  }
  return values;
}

/**
 * Whether OpenTelemetry's variables ask for traces: by naming the exporter, or a place to send them to.
 * Everything else in them is read by its own packages.
 */
export function asksForTraces(environment: NodeJS.ProcessEnv = process.env): boolean {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  const exporter = environment.OTEL_TRACES_EXPORTER ?? '';
  if (exporter !== '') return exporter === 'otlp';
  const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  return endpoints.some((name) => (environment[name] ?? '') !== '');
}

/**
 * Creates a client of AWS's SDK without its warning about the version of Node, which would stand between
 * the log lines of the server: which Node it needs is for this package to say.
 */
export function withoutSdkNodeWarning<T>(
  create: () => T,
  environment: NodeJS.ProcessEnv = process.env,
): T {
  const before = environment.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED;
  environment.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  try {
    return create();
  } finally {
    if (before === undefined) delete environment.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED;
    else environment.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = before;
  }
}
