import type { LarderError } from '@larder/client/errors';
import { toTrouble } from '../../report/trouble.ts';
import { ok, problem, skipped, warning, type Check, type Finding } from './check.ts';
import { probe, speaksTls } from './probe.ts';

const address = 'LARDER_URL (or "url" in nx.json)';

/** Whether there is a server, and whether the way to it is the right one. */
export const addressCheck: Check = {
  id: 'server',
  title: 'Server',
  async examine({ contact, options }) {
    if (contact === null || options === null)
      return skipped('There is nothing to ask the server with.');
    const { url, error, latencyMs, status } = contact;
    if (error !== null) return diagnose(url, error);
    if (latencyMs !== null && latencyMs >= options.lookupTimeoutMs) {
      return problem(
        `${url} takes ${latencyMs} ms to answer: lookups wait for ${options.lookupTimeoutMs} ms only, and are misses.`,
        'Check the server and the network, or raise "lookupTimeoutMs" in nx.json.',
      );
    }
    if (latencyMs !== null && latencyMs >= options.lookupTimeoutMs / 2) {
      return warning(
        `${url} takes ${latencyMs} ms to answer, of the ${options.lookupTimeoutMs} ms that lookups wait.`,
        'Check the server and the network, or raise "lookupTimeoutMs" in nx.json.',
      );
    }
    return status === null
      ? warning(
          `${url} answers, but does not know /v8/artifacts/status, as caches do.`,
          `When the round trip fails too, ${address} names a server that is no cache.`,
        )
      : ok(`${url} answers in ${String(latencyMs)} ms.`);
  },
};

async function diagnose(url: string, error: LarderError): Promise<Finding> {
  const { code } = error;
  if (code.startsWith('LARDER_ACCESS_')) return ok(`${url} answers; see the token.`);
  if (code.startsWith('LARDER_OIDC_')) return problem(`${error.message}.`, error.hint, code);
  return (
    (await wrongScheme(url, code)) ??
    (await proxyInTheWay(url, code)) ??
    certificate(url, error) ??
    unreachable(url, error) ??
    noCache(url, code) ??
    asItIs(error)
  );
}

/** Each side hangs up on the other's first words, or answers with a page about it. */
async function wrongScheme(url: string, code: string): Promise<Finding | null> {
  const { protocol, hostname, port, pathname } = new URL(url);
  const isSuspicious = /^LARDER_(CONNECT_FAILED|CONNECT_TLS_FAILED|CONNECTION_LOST|HTTP_)/.test(
    code,
  );
  if (!isSuspicious) return null;
  if (protocol === 'http:') {
    const isTls = await speaksTls({ hostname, port: Number(port === '' ? 80 : port) });
    return isTls
      ? problem(
          `${url} is spoken to by http, but the port speaks https.`,
          `Let ${address} start with https://.`,
          code,
        )
      : null;
  }
  if (code !== 'LARDER_CONNECT_TLS_FAILED' && code !== 'LARDER_CONNECT_FAILED') return null;
  if (await speaksTls({ hostname, port: Number(port === '' ? 443 : port) })) return null;
  const plain = `http://${hostname}:${port === '' ? '443' : port}${pathname === '/' ? '' : pathname}`;
  const answer = await probe(plain, { hasProxy: true });
  return answer.kind === 'answered'
    ? problem(
        `${url} is spoken to by https, but the port speaks http.`,
        `Let ${address} start with http://, or give the server a certificate.`,
        code,
      )
    : null;
}

/** Only where it helps: without the proxy there is an answer. */
async function proxyInTheWay(url: string, code: string): Promise<Finding | null> {
  const proxy = proxyVariable(url);
  if (proxy === null) return null;
  const direct = await probe(url, { hasProxy: false });
  if (direct.kind === 'failed') return null;
  const { hostname } = new URL(url);
  return problem(
    `${url} answers, but not through the proxy that ${proxy} names.`,
    `Add ${hostname} to NO_PROXY where Nx runs, or correct ${proxy}.`,
    code,
  );
}

/** The variable that is obeyed for the URL, as undici does; its exceptions are not looked at. */
function proxyVariable(url: string): string | null {
  const http = ['http_proxy', 'HTTP_PROXY'];
  const names = url.startsWith('https:') ? ['https_proxy', 'HTTPS_PROXY', ...http] : http;
  return names.find((name) => (process.env[name] ?? '') !== '') ?? null;
}

function certificate(url: string, error: LarderError): Finding | null {
  const { code } = error;
  if (code !== 'LARDER_CONNECT_TLS_FAILED') return null;
  const reason = causeCode(error);
  switch (reason) {
    case 'CERT_HAS_EXPIRED':
      return problem(
        `The certificate of ${url} has expired.`,
        'Renew it, and check the clock of this machine.',
        code,
      );
    case 'CERT_NOT_YET_VALID':
      return problem(
        `The certificate of ${url} is not valid yet.`,
        'Check the clock of this machine.',
        code,
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return problem(
        `The certificate of ${url} is for another name.`,
        `Let ${address} have a name that the certificate is for.`,
        code,
      );
    default:
      return problem(
        `The certificate of ${url} is not trusted here (${reason ?? 'TLS'}).`,
        'Name the file with the certificate of the authority that issued it in NODE_EXTRA_CA_CERTS where Nx runs.',
        code,
      );
  }
}

function unreachable(url: string, error: LarderError): Finding | null {
  const { hostname, port } = new URL(url);
  const { code } = error;
  if (code === 'LARDER_CONNECT_FAILED') {
    const reason = causeCode(error);
    if (reason === 'ENOTFOUND' || reason === 'EAI_AGAIN') {
      return problem(
        `No server has the name ${hostname} (${reason}).`,
        `Correct ${address}, or check the DNS of this machine.`,
        code,
      );
    }
    const where = port === '' ? hostname : `${hostname}:${port}`;
    return reason === 'ECONNREFUSED'
      ? problem(`Nothing listens at ${where}.`, `Start the server, or correct ${address}.`, code)
      : problem(
          `There is no connection to ${where} (${reason ?? 'unknown'}).`,
          `Check the network and ${address}.`,
          code,
        );
  }
  if (code === 'LARDER_CONNECT_TIMEOUT') {
    return problem(
      `There is no connection to ${url} in time.`,
      `Check the network, firewalls, and ${address}.`,
      code,
    );
  }
  if (code === 'LARDER_TIMEOUT_FIRST_BYTE' || code === 'LARDER_TIMEOUT_STALL') {
    return problem(
      `${url} takes the question and does not answer in time.`,
      'Check the health and the log of the server.',
      code,
    );
  }
  return code === 'LARDER_HTTP_SERVER_ERROR'
    ? problem(
        `${url} has trouble of its own: ${error.message}.`,
        'Check the log of the server, and of a proxy in front of it.',
        code,
      )
    : null;
}

function noCache(url: string, code: string): Finding | null {
  return code === 'LARDER_HTTP_ANSWER_MALFORMED' || code === 'LARDER_HTTP_UNEXPECTED_STATUS'
    ? problem(
        `What answers at ${url} is no cache.`,
        `Let ${address} name a server that speaks the artifacts API.`,
        code,
      )
    : null;
}

function asItIs(error: LarderError): Finding {
  const { code, detail, hint } = toTrouble(error);
  return problem(`${detail}.`, hint, code);
}

function causeCode(error: LarderError): string | null {
  let cause: unknown = error.cause;
  while (typeof cause === 'object' && cause !== null) {
    const { code, cause: next } = cause as NodeJS.ErrnoException;
    if (code !== undefined) return code;
    cause = next;
  }
  return null;
}
