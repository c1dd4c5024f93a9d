/**
 * Options of `createArtifactsClient`. Strings must not be empty; durations are whole milliseconds
 * above zero.
 */
export interface ArtifactsClientOptions {
  /**
   * Where the server is: `http(s)://host[:port][/prefix]`, to which `/v8/artifacts` is appended.
   * A trailing slash makes no difference. Default: `https://api.vercel.com`.
   */
  url?: string;
  /**
   * Sent as `Authorization: Bearer`, to the origin of `url` only; with `preflight` also to where the
   * answer points, if it lists `authorization` by name.
   */
  token: string;
  /** Sent as the query parameter `teamId`; part of what a signature covers. */
  teamId?: string;
  /** The team's URL slug, sent as the query parameter `slug`. */
  slug?: string;
  /**
   * Signs what is uploaded and demands a right signature on what is downloaded. Without it an
   * upload carries its SHA-256 as tag, and a download is verified against such a tag.
   */
  signatureKey?: string;
  /**
   * Asks before each upload, download, `head` and batch of events with an OPTIONS request where to
   * send it, as Turborepo does with `TURBO_PREFLIGHT`: for servers that hand out pre-signed URLs of
   * an object store. Default: false.
   */
  preflight?: boolean;
  /** Put in front of the user agent, for example `larder-nx/0.1.0`. */
  product?: string;
  /** Longest wait for a connection, TLS included; a proxy may take as long again. Default: 5000. */
  connectTimeoutMs?: number;
  /**
   * Longest wait for the head of an answer once the request was handed to the system; up to four times
   * as long while the server answers other requests. Default: 10000.
   */
  firstByteTimeoutMs?: number;
  /** Longest time without a byte of a body in either direction. Default: 10000. */
  stallTimeoutMs?: number;
  /** How many connections to one origin may be open; further requests wait. Default: 8. */
  maxConnections?: number;
  /**
   * An existing folder that this user can write: `get` keeps an artifact there while it is being read.
   * Default: the system's temporary folder.
   */
  temporaryDirectory?: string;
  /** When to stop asking a server that is down. */
  breaker?: BreakerOptions;
  /** What the process itself cannot see, for example because it runs on behalf of another one. */
  environment?: ClientEnvironment;
}

/** When the client stops sending requests to a server that is down, and for how long. */
export interface BreakerOptions {
  /**
   * Outage failures in a row (no connection, time-outs, 5xx) that stop further requests; those of
   * requests that were under way together count as one. Default: 3.
   */
  failureThreshold?: number;
  /** The same while the server has never answered anything. Default: 1. */
  coldFailureThreshold?: number;
  /** How long requests then fail at once before a single one is tried again. Default: 30000. */
  cooldownMs?: number;
}

/** What the client finds in the process it runs in, unless it is told otherwise. */
export interface ClientEnvironment {
  /**
   * The CI vendor's constant from ci-info, such as `GITHUB_ACTIONS`, at most 50 characters; null
   * outside CI. Default: found in the process's environment.
   */
  clientCi?: string | null;
  /** Whether somebody sits at a terminal. Default: whether standard output is one. */
  isInteractive?: boolean;
  /** Proxy for `http:` URLs; null for none. Default: the variable `http_proxy` or `HTTP_PROXY`. */
  httpProxy?: string | null;
  /**
   * Proxy for `https:` URLs; null for the one in `httpProxy`. Default: the variable `https_proxy` or
   * `HTTPS_PROXY`.
   */
  httpsProxy?: string | null;
  /**
   * What is reached without a proxy: host names, which stand for everything below them too, each with
   * a port if need be, separated by commas or blanks; or `*`. Default: the variable `no_proxy` or
   * `NO_PROXY`. This machine is no exception by itself.
   */
  noProxy?: string | null;
}
