// The API of Larder's own server, below `/larder/v1`, see docs/usage.md. Other servers do not have it.
import { EnvHttpProxyAgent, request } from 'undici';
import { readText } from '../../http/read-text.ts';

const timeoutMs = 5_000;

/** Far above any answer. */
const maxAnswerBytes = 4 * 1024 * 1024;

export interface LarderApiQuestion {
  readonly url: string;
  readonly token: string;
  /** Such as `whoami`. */
  readonly endpoint: string;
  readonly query?: Readonly<Record<string, string>>;
}

export interface LarderApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** @throws whatever keeps the server from giving an answer. */
export async function askLarderApi(question: LarderApiQuestion): Promise<LarderApiAnswer> {
  const { url, token, endpoint, query = {} } = question;
  const search = new URLSearchParams(query).toString();
  // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
  const tls = { rejectUnauthorized: true };
  const dispatcher = new EnvHttpProxyAgent({ connect: tls, requestTls: tls, proxyTls: tls });
  try {
    const { statusCode, body } = await request(
      `${url}/larder/v1/${endpoint}${search === '' ? '' : `?${search}`}`,
      {
        dispatcher,
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
        signal: AbortSignal.timeout(timeoutMs),
      },
    );
    return { status: statusCode, text: await readText(body, maxAnswerBytes) };
  } finally {
    await dispatcher.destroy();
  }
}
