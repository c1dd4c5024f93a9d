// The packages of OpenTelemetry load parts of themselves in ways that jest does not know, so that these
// tests run the built program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import {
  createTemporaryFolder,
  removeTemporaryFolders,
  TEST_TOKEN,
} from '../testing/start-server.fixture.ts';

/** The part of OTLP's JSON that is read here. */
interface ExportRequest {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: SentSpan[] }[];
  }[];
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number };
}

interface SentSpan {
  traceId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  status: { code: number };
  attributes: Attribute[];
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const program = join(__dirname, '..', '..', 'dist', 'cli', 'main.js');

let collector: Server;
let received: ExportRequest[];
let endpoint: string;

beforeEach(async () => {
  received = [];
  collector = createServer((request, response) => {
    void json(request).then((body) => {
      received.push(body as ExportRequest);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
});
afterEach(async () => {
  collector.closeAllConnections();
  collector.close();
  await once(collector, 'close');
});
afterAll(removeTemporaryFolders);

/** Starts a server, asks it for something, stops it, and returns the spans that were sent meanwhile. */
async function spansOf(
  variables: Readonly<Record<string, string>>,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<SentSpan[]> {
  const dataDirectory = await createTemporaryFolder();
  const tokens = [{ token: TEST_TOKEN, access: 'read-write' }];
  const server = spawn(process.execPath, [program, '--json', '--port=0', '--log-level=warn'], {
    env: {
      ...process.env,
      LARDER_SERVER_DATA_DIR: dataDirectory,
      LARDER_SERVER_TOKENS: JSON.stringify(tokens),
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  try {
    const authorization = `Bearer ${TEST_TOKEN}`;
    const answer = await fetch(url + path, { headers: { authorization, ...headers } });
    await answer.arrayBuffer();
  } finally {
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
  }
  return received.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
}

const attributesOf = ({ attributes }: { attributes: Attribute[] }) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
  );

const resourceOf = () => attributesOf(received[0]!.resourceSpans[0]!.resource);

it('each request is a span within the trace of its client, and names no artifact', async () => {
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'our-cache' };
  const traceparent = `00-${TRACE}-${PARENT}-01`;
  const spans = await spansOf(variables, '/v8/artifacts/secret-hash', { traceparent });
  expect(spans).toEqual([
    expect.objectContaining({
      traceId: TRACE,
      parentSpanId: PARENT,
      name: 'GET /v8/artifacts/:hash',
      kind: 2,
    }),
  ]);
  expect(attributesOf(spans[0]!)).toEqual({
    'http.request.method': 'GET',
    'http.route': '/v8/artifacts/:hash',
    'http.response.status_code': 404,
  });
  expect(resourceOf()).toMatchObject({ 'service.name': 'our-cache' });
  expect(JSON.stringify(received)).not.toContain('secret-hash');
});

it('a request without a trace begins one', async () => {
  const spans = await spansOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, '/nowhere');
  expect(spans.map(({ name, parentSpanId = '' }) => [name, parentSpanId])).toEqual([['GET', '']]);
  expect(spans[0]!.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(resourceOf()).toMatchObject({ 'service.name': 'larder-server' });
});

it.each([
  ['a collector that is down', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }],
  ['the variable that turns it off', { OTEL_SDK_DISABLED: 'true' }],
  ['another exporter', { OTEL_TRACES_EXPORTER: 'none' }],
])('with %s requests are answered, and nothing is sent', async (_what, variables) => {
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...variables };
  expect(await spansOf(all, '/v8/artifacts/status')).toEqual([]);
});
