/**
 * Every code a {@link LarderError} of this package can carry, with what it means in one line.
 * A code is never reused for something else; `docs/errors.md` describes each of them.
 */
export const ERROR_CODES = {
  LARDER_SERVER_OPTIONS_INVALID: 'an option is unknown or has a bad value',
  LARDER_SERVER_CONFIG_UNREADABLE: 'the config file cannot be read or is not JSON',
  LARDER_SERVER_HOST_NEEDS_TOKENS: 
    'a host beyond loopback, or a server without a data folder, was asked for without any token',
  LARDER_SERVER_DATA_UNUSABLE: 'the data folder cannot be created, read or written',
  LARDER_SERVER_DATA_LOCKED: 'another server uses the data folder',
  LARDER_SERVER_INDEX_INCOMPATIBLE: 'the index was written by a newer version or is no index',
  LARDER_SERVER_INDEX_MISSING: 'there are artifacts but no index, or one that they do not belong to',
  LARDER_SERVER_TOKEN_FILE_INVALID: 'the token file in the data folder holds no usable token',
  LARDER_SERVER_TOKEN_UNKNOWN: 'there is no token of that id to revoke',
  LARDER_SERVER_TLS_UNUSABLE: 'certificate or key cannot be read, or do not belong together',
  LARDER_SERVER_LISTEN_FAILED: 'the address cannot be listened on',
  LARDER_SERVER_REQUEST_INVALID: 'a path, query, header or JSON value of a request is invalid',
  LARDER_SERVER_REQUEST_UNAUTHORIZED: 'the bearer token is missing, unknown, expired or revoked',
  LARDER_SERVER_IDENTITY_REFUSED:
    'a signed identity is not genuine, has expired or matches no rule',
  LARDER_SERVER_ISSUER_UNAVAILABLE: 'the keys of an issuer of identities cannot be fetched',
  LARDER_SERVER_REQUEST_FORBIDDEN: 'the token may not do this',
  LARDER_SERVER_UPLOAD_LENGTH_REQUIRED: 'an upload came without Content-Length',
  LARDER_SERVER_UPLOAD_LENGTH_WRONG: 'an upload was shorter or longer than announced',
  LARDER_SERVER_UPLOAD_TAG_WRONG:
    'the tag of an upload does not fit its body, or is no signature where the server asks for one',
  LARDER_SERVER_UPLOAD_TOO_LARGE: 'an upload is larger than the server accepts',
  LARDER_SERVER_UPLOAD_STALLED: 'no byte of an upload arrived for too long',
  LARDER_SERVER_UPLOAD_ABORTED: 'the client went away in the middle of an upload',
  LARDER_SERVER_RATE_EXCEEDED: 'a token has sent too many requests',
  LARDER_SERVER_ARTIFACTS_DAMAGED: 'a verification found damaged or lost artifacts',
  LARDER_SERVER_STORAGE_FAILED: 'the file system, the bucket or the index failed',
} as const;

/** Code of a {@link LarderError} thrown by this package. */
export type ServerErrorCode = keyof typeof ERROR_CODES;
