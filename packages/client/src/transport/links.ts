// A server may give a link to its storage instead of an artifact. Not every client gets there: storage
// may be in another network than its servers.
import { discard, type HttpAnswer } from './http-answer.ts';
import { followRedirects, type FollowedAnswer } from './redirects.ts';
import { type HttpRequest } from './send-request.ts';

/** For so long no links are asked for after one has led nowhere. */
const AVOIDED_MS = 5 * 60_000;

export interface Links {
  /**
   * As {@link followRedirects}, for a request that may be answered with a link. Where that leads
   * nowhere, the server is asked once more, for the artifact itself.
   */
  follow(
    request: HttpRequest,
    options: {
      send: (request: HttpRequest) => Promise<HttpAnswer>;
      signal: AbortSignal;
    },
  ): Promise<FollowedAnswer>;
}

export function createLinks({ monotonicNow }: { monotonicNow: () => number }): Links {
  let avoidedUntilMs = -Infinity;

  return {
    async follow(request, { send, signal }) {
      if (monotonicNow() < avoidedUntilMs) return followRedirects(request, send);
      const headers = { ...request.headers, 'x-larder-links': 'follow' };
      const elsewhere = { isReached: false };
      try {
        const answer = await followRedirects({ ...request, headers }, (each) => {
          elsewhere.isReached = each.url.origin !== request.url.origin;
          return send(each);
        });
        if (!elsewhere.isReached || isSuccess(answer)) return answer;
        await discard(answer.body);
        // A single one that is not there says nothing of the others.
        if (answer.status !== 404) avoidedUntilMs = monotonicNow() + AVOIDED_MS;
      } catch (error) {
        if (!elsewhere.isReached || signal.aborted) throw error;
        avoidedUntilMs = monotonicNow() + AVOIDED_MS;
      }
      return followRedirects(request, send);
    },
  };
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}
