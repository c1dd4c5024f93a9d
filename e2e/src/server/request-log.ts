import { type LarderServer } from './start-larder-server.ts';

/** A line of the server's log about one request. */
export interface LoggedRequest {
  readonly method: string;
  readonly url: URL;
  readonly status: number;
  /** The label of the token; absent when the server took none. */
  readonly token?: string;
}

/** The requests about single artifacts that the server has logged so far. */
export function artifactRequests({ url: base, output }: LarderServer): LoggedRequest[] {
  return output()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Omit<LoggedRequest, 'url'> & { url?: string })
    .flatMap(({ url = '', ...request }) =>
      /^\/v8\/artifacts\/[0-9a-f]{64}\b/.test(url) ? [{ ...request, url: new URL(url, base) }] : [],
    );
}
