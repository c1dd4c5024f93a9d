import { LarderError } from './larder-error.ts';

interface ClientErrorEntry {
  hint: string;
  /** Another attempt may succeed. */
  isRetryable?: true;
  /** Counts as a failure of the server or the way to it, see `outage-breaker.ts`. */
  isOutage?: true;
}

const entries = {
  LARDER_CLIENT_OPTION_INVALID: {
    hint: 'Correct the option of createArtifactsClient that the message names.',
  },
  LARDER_CLIENT_CLOSED: {
    hint: 'Call close() only after the last request, or create a new client.',
  },
  LARDER_REQUEST_ABORTED: {
    hint: 'Look at the cause: the signal that was given to the call carries the reason.',
  },
  LARDER_REQUEST_HASH_INVALID: {
    hint: 'Use a hash of 1 to 128 letters, digits, "_", "-" and "." that neither starts with a dot nor contains two in a row.',
  },
  LARDER_REQUEST_OPTION_INVALID: {
    hint: 'Correct the option of the call that the message names.',
  },
  LARDER_BODY_LENGTH_MISMATCH: {
    hint: 'Give the exact size as sizeBytes and leave the file alone while it is sent.',
  },
  LARDER_BODY_UNREADABLE: {
    hint: 'Check that the file behind the body exists and can be read.',
  },
  LARDER_FILE_WRITE_FAILED: {
    hint: 'Check the free space and the permissions of the target folder.',
  },
  LARDER_CONNECT_FAILED: {
    hint: 'Check the url option, and that the server is running and reachable from here.',
    isRetryable: true,
    isOutage: true,
  },
  LARDER_CONNECT_TIMEOUT: {
    hint: 'Check the network to the server, or raise connectTimeoutMs.',
    isRetryable: true,
    isOutage: true,
  },
  LARDER_CONNECT_TLS_FAILED: {
    hint: "Name the authority that issued the server's certificate in NODE_EXTRA_CA_CERTS.",
    isOutage: true,
  },
  LARDER_CONNECTION_LOST: {
    hint: 'Check the log of the server and of every proxy on the way.',
    isRetryable: true,
    isOutage: true,
  },
  LARDER_TIMEOUT_FIRST_BYTE: {
    hint: 'Check the health of the server, or raise firstByteTimeoutMs.',
    isRetryable: true,
    isOutage: true,
  },
  LARDER_TIMEOUT_STALL: {
    hint: 'Check the network to the server, or raise stallTimeoutMs.',
    isRetryable: true,
    isOutage: true,
  },
  LARDER_OUTAGE_BREAKER_OPEN: {
    hint: 'Look at the cause, which is the failure that led here; requests resume by themselves after breaker.cooldownMs.',
  },
  LARDER_HTTP_BAD_REQUEST: {
    hint: 'Check the teamId and slug options against the server; the message carries its reason.',
  },
  LARDER_HTTP_TOO_LARGE: {
    hint: 'Raise the size limit of the server or of the proxy in front of it, or cache smaller outputs.',
  },
  LARDER_HTTP_REQUEST_TIMEOUT: {
    hint: 'Raise the request time-out of the server or of the proxy in front of it.',
    isRetryable: true,
  },
  LARDER_HTTP_THROTTLED: {
    hint: 'Lower maxConnections, or raise the rate limit of the server.',
    isRetryable: true,
  },
  LARDER_HTTP_SERVER_ERROR: {
    hint: 'Check the log of the server.',
    isRetryable: true,
    isOutage: true,
  },
  LARDER_HTTP_UNEXPECTED_STATUS: {
    hint: 'Check that the url option points to a server that speaks the artifacts API.',
  },
  LARDER_HTTP_ENDPOINT_UNKNOWN: {
    hint: 'Do without this call, or check that the url option points to a server that offers the whole artifacts API.',
  },
  LARDER_HTTP_ANSWER_MALFORMED: {
    hint: 'Check that the url option points to a server that speaks the artifacts API, and that no proxy rewrites its answers.',
  },
  LARDER_HTTP_REDIRECT_REFUSED: {
    hint: 'Set the url option to the address that the server redirects to.',
  },
  LARDER_PREFLIGHT_TOKEN_WITHHELD: {
    hint: 'Let the server list Authorization by name in Access-Control-Allow-Headers, or turn the preflight option off.',
  },
  LARDER_ACCESS_UNAUTHORIZED: {
    hint: 'Set the token option to a token that the server knows and that has not expired.',
  },
  LARDER_ACCESS_PAYMENT_REQUIRED: {
    hint: 'Update the payment method of the account that owns the token.',
  },
  LARDER_ACCESS_FORBIDDEN: {
    hint: 'Check that the token option belongs to a member of the team in teamId or slug.',
  },
  LARDER_ACCESS_WRITE_FORBIDDEN: {
    hint: 'Set the token option to one that may write, or send nothing with this one.',
  },
  LARDER_ACCESS_CACHING_DISABLED: {
    hint: 'Enable remote caching for the team in the settings of the server.',
  },
  LARDER_ACCESS_CACHING_OVER_LIMIT: {
    hint: 'Raise the usage limit of the team, or wait for the next billing cycle.',
  },
  LARDER_ACCESS_CACHING_PAUSED: {
    hint: 'Raise or remove the spend limit that paused remote caching for the team.',
  },
  LARDER_ACCESS_CACHING_UNAVAILABLE: {
    hint: 'Look at the reason in the message and at the remote caching settings of the team.',
  },
  LARDER_DOWNLOAD_LENGTH_MISMATCH: {
    hint: 'Check the proxies between here and the server, or remove the artifact from the server.',
  },
  LARDER_DIGEST_MISMATCH: {
    hint: 'Remove the artifact from the server: its bytes are not the ones that were uploaded.',
  },
  LARDER_SIGNATURE_MISSING: {
    hint: 'Set the same signatureKey wherever artifacts are uploaded, and check that the server stores x-artifact-tag.',
  },
  LARDER_SIGNATURE_MISMATCH: {
    hint: 'Set the same signatureKey and teamId everywhere; if they are the same, remove the artifact from the server.',
  },
  LARDER_EVENTS_DROPPED: {
    hint: 'Raise closeTimeoutMs if the statistics are worth a later exit.',
  },
} as const satisfies Record<string, ClientErrorEntry>;

/** A code of an error that this package makes; each is explained in docs/errors.md. */
export type ClientErrorCode = keyof typeof entries;

/** Every {@link ClientErrorCode} with its hint. Codes are never reused for another meaning. */
export const CLIENT_ERRORS: Readonly<Record<ClientErrorCode, Readonly<ClientErrorEntry>>> = entries;

export function createClientError(
  code: ClientErrorCode,
  message: string,
  cause?: unknown,
): LarderError<ClientErrorCode> {
  return new LarderError({ code, message, hint: CLIENT_ERRORS[code].hint, cause });
}

export function isRetryable(error: LarderError): boolean {
  return lookUp(error)?.isRetryable === true;
}

export function isOutage(error: LarderError): boolean {
  return lookUp(error)?.isOutage === true;
}

function lookUp(error: LarderError): ClientErrorEntry | undefined {
  const table: Readonly<Record<string, ClientErrorEntry>> = CLIENT_ERRORS;
  return table[error.code];
}
