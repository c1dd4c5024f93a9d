import type { ArtifactsClient } from '@larder/client';

/** Other machines store artifacts meanwhile: what is older says nothing any more. */
const maxAgeMs = 10_000;

/**
 * What the server is known not to have. Nx before 22 looks a task up when the task has its slot, so
 * that without this knowledge each task is held up by a round trip of its own.
 */
export interface AbsenceSurvey {
  /**
   * Whether the server was without the artifact a moment ago. False may also mean that it is not
   * known; then it is found out for the lookups that follow.
   */
  isAbsent(hash: string): boolean;
}

export interface AbsenceSurveyOptions {
  readonly client: Pick<ArtifactsClient, 'query'>;
  /** The artifacts that it is about. */
  readonly hashes: readonly string[];
  /** In milliseconds; only differences matter. */
  readonly now: () => number;
}

/** Asks the server at once, and again when somebody needs to know and the answer is too old. */
export function createAbsenceSurvey({ client, hashes, now }: AbsenceSurveyOptions): AbsenceSurvey {
  const unasked = new Set(hashes);
  let absent: ReadonlySet<string> = new Set();
  let askedAt = now();
  let isAsking = false;
  let isUseless = false;

  async function ask(): Promise<void> {
    if (isAsking || isUseless || unasked.size === 0) return;
    isAsking = true;
    const startedAt = now();
    try {
      // Only what the server says about many at once: one request for each would cost what is saved.
      const results = await client.query(unasked, { retries: 0, fallback: false });
      absent = new Set([...results].flatMap(([hash, result]) => (result === null ? hash : [])));
      askedAt = startedAt;
      isUseless = results.size === 0;
    } catch {
      // The lookups themselves report what is wrong with the server.
      isUseless = true;
    } finally {
      isAsking = false;
    }
  }

  void ask();
  return {
    isAbsent(hash) {
      unasked.delete(hash);
      if (now() - askedAt <= maxAgeMs) return absent.has(hash);
      void ask();
      return false;
    },
  };
}
