import type { DescribedEntry } from '#server/larder-api/describe-entry.ts';
import type { TroubleList } from '#server/larder-api/larder-api.ts';
import type { WhoAmI } from '#server/larder-api/who-am-i.ts';
import type { ArtifactOrder } from '#server/storage/artifact-index.ts';
import type { UsageRange } from '#server/usage/usage-ranges.ts';
import type { UsageReport } from '#server/usage/usage-report.ts';

export type { ArtifactOrder, DescribedEntry, TroubleList, UsageRange, UsageReport, WhoAmI };

/** The name of a team; null: all that the token may see. */
export type TeamChoice = string | null;

/** What names an artifact to the server. */
export interface ArtifactName {
  readonly team: TeamChoice;
  readonly api: string;
  readonly hash: string;
}

/** The server's own API, with one token. Rejects with {@link ApiError}. */
export interface Api {
  whoAmI(): Promise<WhoAmI>;
  usage(query: { range: UsageRange; team: TeamChoice }): Promise<UsageReport>;
  artifacts(query: {
    order: ArtifactOrder;
    team: TeamChoice;
  }): Promise<{ artifacts: DescribedEntry[] }>;
  artifact(name: ArtifactName): Promise<DescribedEntry>;
  purge(name: ArtifactName): Promise<void>;
  trouble(): Promise<TroubleList>;
}

/** An answer other than success; `status` 0: there was none. */
export class ApiError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** How many artifacts a list shows. */
const LISTED = 10;

export function createApi(token: string): Api {
  async function ask<Answer>(
    path: string,
    query: Readonly<Record<string, string | number | null>> = {},
    method = 'GET',
  ): Promise<Answer> {
    const url = new URL(`larder/v1/${path}`, document.baseURI);
    url.hash = '';
    url.search = '';
    for (const [name, value] of Object.entries(query)) {
      if (value !== null) url.searchParams.set(name, String(value));
    }
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(url, { method, headers, cache: 'no-store' }).catch(() => {
      throw new ApiError('The server cannot be reached.', 0);
    });
    if (!answer.ok) throw new ApiError(await messageOf(answer), answer.status);
    return (await answer.json()) as Answer;
  }

  function pathOf({ api, hash }: ArtifactName): string {
    return `artifacts/${encodeURIComponent(api)}/${encodeURIComponent(hash)}`;
  }

  return {
    whoAmI: () => ask('whoami'),
    usage: ({ range, team }) => ask('usage', { range, teamId: team }),
    artifacts: ({ order, team }) => ask('artifacts', { order, limit: LISTED, teamId: team }),
    artifact: (name) => ask(pathOf(name), { teamId: name.team }),
    purge: async (name) => {
      await ask(pathOf(name), { teamId: name.team }, 'DELETE');
    },
    trouble: () => ask('trouble'),
  };
}

async function messageOf(answer: Response): Promise<string> {
  try {
    const { error } = (await answer.json()) as { error: { message: string } };
    return error.message;
  } catch {
    return `The server answers with the status ${answer.status}.`;
  }
}
