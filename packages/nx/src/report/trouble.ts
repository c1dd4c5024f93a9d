import type { ClientErrorCode } from '@larder/client';
import { isLarderError } from '@larder/client/errors';
import type { PluginErrorCode } from '../errors/error-codes.ts';
import type { Trouble } from './run-report.ts';

interface Wording {
  /** What happened, as the continuation of "Larder: ". */
  readonly summary: string;
  /** What to do; the error's own hint names options of the client that this user may never see. */
  readonly hint: string;
}

/** Errors that users of the plugin are likely to meet, in their own terms. */
export const troubleWordings: Readonly<
  Partial<Record<ClientErrorCode | PluginErrorCode, Wording>>
> = {
  LARDER_CONNECT_FAILED: {
    summary: 'the cache server cannot be reached',
    hint: 'Check that it is running and that LARDER_URL (or "url" in nx.json) is right.',
  },
  LARDER_CONNECT_TIMEOUT: {
    summary: 'the cache server cannot be reached in time',
    hint: 'Check the network and that LARDER_URL (or "url" in nx.json) is right.',
  },
  LARDER_CONNECT_TLS_FAILED: {
    summary: 'the certificate of the cache server cannot be verified',
    hint: 'Name the authority that issued it in NODE_EXTRA_CA_CERTS.',
  },
  LARDER_CONNECTION_LOST: {
    summary: 'the connection to the cache server was lost',
    hint: 'Check the log of the server and of every proxy on the way.',
  },
  LARDER_TIMEOUT_FIRST_BYTE: {
    summary: 'the cache server does not answer in time',
    hint: 'Check the server, or raise "lookupTimeoutMs" in nx.json.',
  },
  LARDER_TIMEOUT_STALL: {
    summary: 'the cache server stopped in the middle of an answer',
    hint: 'Check the server and the network.',
  },
  LARDER_HTTP_SERVER_ERROR: {
    summary: 'the cache server answers with an error of its own',
    hint: 'Check the log of the server.',
  },
  LARDER_HTTP_THROTTLED: {
    summary: 'the cache server refuses that many requests',
    hint: 'Lower "lookupConcurrency" and "uploadConcurrency" in nx.json, or raise the rate limit of the server.',
  },
  LARDER_HTTP_TOO_LARGE: {
    summary: 'the cache server refuses an artifact as too large',
    hint: 'Raise the limit of the server or of the proxy in front of it, or cache smaller outputs.',
  },
  LARDER_HTTP_UNEXPECTED_STATUS: {
    summary: 'the cache server gives an answer that makes no sense',
    hint: 'Check that LARDER_URL (or "url" in nx.json) names a server that speaks the artifacts API.',
  },
  LARDER_HTTP_ANSWER_MALFORMED: {
    summary: 'the cache server gives an answer that makes no sense',
    hint: 'Check that LARDER_URL (or "url" in nx.json) names a server that speaks the artifacts API.',
  },
  LARDER_HTTP_REDIRECT_REFUSED: {
    summary: 'the cache server redirects elsewhere',
    hint: 'Set LARDER_URL (or "url" in nx.json) to the address that it redirects to.',
  },
  LARDER_HTTP_BAD_REQUEST: {
    summary: 'the cache server refuses a request',
    hint: 'Check LARDER_TEAM_ID and LARDER_TEAM_SLUG against the server.',
  },
  LARDER_ACCESS_UNAUTHORIZED: {
    summary: 'the cache server does not accept the token',
    hint: 'Set LARDER_TOKEN to a token that the server knows and that has not expired.',
  },
  LARDER_ACCESS_FORBIDDEN: {
    summary: 'the token has no access to this team on the cache server',
    hint: 'Check LARDER_TOKEN against LARDER_TEAM_ID and LARDER_TEAM_SLUG.',
  },
  LARDER_ACCESS_WRITE_FORBIDDEN: {
    summary: 'the token may not store anything on the cache server',
    hint: 'Set LARDER_MODE=read, or LARDER_TOKEN to a token that may write.',
  },
  LARDER_DIGEST_MISMATCH: {
    summary: 'an artifact arrived damaged and was not used',
    hint: 'Remove it from the server: its bytes are not the ones that were uploaded.',
  },
  LARDER_SIGNATURE_MISSING: {
    summary: 'an artifact without a signature was not used',
    hint: 'Set the same LARDER_SIGNATURE_KEY wherever artifacts are stored.',
  },
  LARDER_SIGNATURE_MISMATCH: {
    summary: 'an artifact with a wrong signature was not used',
    hint: 'Set the same LARDER_SIGNATURE_KEY and LARDER_TEAM_ID everywhere.',
  },
};

/** What a code of the report means, as the continuation of "Larder: ". */
export function troubleSummary(code: string): string {
  const wording = (troubleWordings as Readonly<Record<string, Wording | undefined>>)[code];
  return wording?.summary ?? 'see docs/errors.md';
}

/** An error in the words that the report shows to people. */
export function toTrouble(error: unknown): Trouble {
  if (!isLarderError(error)) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      code: 'LARDER_AGENT_UNEXPECTED',
      summary: `the cache failed in an unexpected way: ${detail}`,
      detail,
      hint: 'Report this together with agent.log from the data folder.',
    };
  }
  // The breaker only repeats what led to it.
  if (error.code === 'LARDER_OUTAGE_BREAKER_OPEN' && isLarderError(error.cause)) {
    return toTrouble(error.cause);
  }
  const wording = (troubleWordings as Readonly<Record<string, Wording | undefined>>)[error.code];
  return {
    code: error.code,
    summary: wording?.summary ?? error.message,
    detail: error.message,
    hint: wording?.hint ?? error.hint,
  };
}
