// Questions below the artifacts API, to find out what is at the other end.
import { connect } from 'node:tls';
import { Agent, EnvHttpProxyAgent, request } from 'undici';

const timeoutMs = 5_000;

export type ProbeAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly dateMs: number | null;
      /** By this machine's clock, in the middle of question and answer. */
      readonly askedAtMs: number;
    }
  | { readonly kind: 'failed'; readonly code: string | null };

/** Asks for a page without showing a token. Certificates are not looked at: nothing is believed. */
export async function probe(
  url: string,
  { hasProxy }: { readonly hasProxy: boolean },
): Promise<ProbeAnswer> {
  const tls = { rejectUnauthorized: false };
  const dispatcher = hasProxy
    ? new EnvHttpProxyAgent({ connect: tls, requestTls: tls, proxyTls: tls })
    : new Agent({ connect: tls });
  const startedAt = Date.now();
  try {
    const { statusCode, headers, body } = await request(`${url}/v8/artifacts/status`, {
      dispatcher,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await body.dump();
    const date = Date.parse(String(headers.date));
    return {
      kind: 'answered',
      status: statusCode,
      dateMs: Number.isNaN(date) ? null : date,
      askedAtMs: (startedAt + Date.now()) / 2,
    };
  } catch (error) {
    return { kind: 'failed', code: (error as NodeJS.ErrnoException).code ?? null };
  } finally {
    await dispatcher.destroy();
  }
}

/** Whether a TLS connection can be made, whatever the certificate says. */
export function speaksTls({
  hostname,
  port,
}: {
  hostname: string;
  port: number;
}): Promise<boolean> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: timeoutMs });
    const end = (doesSpeak: boolean) => {
      socket.destroy();
      resolve(doesSpeak);
    };
    socket.once('secureConnect', () => {
      end(true);
    });
    for (const event of ['error', 'timeout', 'close'] as const) {
      socket.once(event, () => {
        end(false);
      });
    }
  });
}
