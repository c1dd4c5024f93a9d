import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readEnvironment } from '../environment.ts';
import { runCommandOrThrow } from '../processes/run-command.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface HttpResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Something that speaks HTTP as a user's tool does. */
export interface HttpClient {
  readonly name: string;
  readonly request: (request: HttpRequest) => Promise<HttpResponse>;
}

export const fetchClient: HttpClient = {
  name: 'fetch',
  async request({ method, url, headers = {}, body }) {
    const response = await fetch(url, { method, headers, body: body ?? null });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    };
  },
};

export const curlClient: HttpClient = {
  name: 'curl',
  async request({ method, url, headers = {}, body }) {
    const folder = await mkdtemp(join(tmpdir(), 'larder-e2e-curl-'));
    const bodyFile = join(folder, 'body');
    const headersFile = join(folder, 'headers');
    const uploadFile = join(folder, 'upload');
    try {
      if (body !== undefined) await writeFile(uploadFile, body);
      await runCommandOrThrow(
        'curl',
        [
          ...['--silent', '--show-error', '--output', bodyFile, '--dump-header', headersFile],
          ...(method === 'HEAD' ? ['--head'] : ['--request', method]),
          ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
          ...(body === undefined ? [] : ['--data-binary', `@${uploadFile}`]),
          url,
        ],
        { cwd: folder, env: readEnvironment().inherited },
      );
      const head = await readFile(headersFile, 'utf8');
      return { ...parseHead(head), body: await readFile(bodyFile).catch(() => Buffer.alloc(0)) };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** Whether this machine has curl. */
export function hasCurl(): boolean {
  return spawnSync('curl', ['--version']).status === 0;
}

/** Reads the last status line and header lines; curl also writes those of "100 Continue". */
function parseHead(text: string): Pick<HttpResponse, 'status' | 'headers'> {
  const [statusLine = '', ...lines] = text.trim().split('\r\n\r\n').at(-1)?.split('\r\n') ?? [];
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    ),
  };
}
