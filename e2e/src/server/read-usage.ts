import { type LarderServer } from './start-larder-server.ts';

/** What `GET /larder/v1/usage` tells of a day, as far as specs look at it. */
export interface UsageTotals {
  readonly hits: number;
  readonly misses: number;
  readonly localHits: number;
  readonly savedMs: number;
  readonly servedBytes: number;
  readonly stored: { readonly artifacts: number; readonly bytes: number };
  readonly byClient: Readonly<Record<string, { readonly hits: number; readonly misses: number }>>;
}

type Address = Pick<LarderServer, 'url' | 'token'>;

export async function readUsage(server: Address): Promise<UsageTotals> {
  const text = await ask(server, '/larder/v1/usage');
  return (JSON.parse(text) as { totals: UsageTotals }).totals;
}

/** The sum over the series of a metric that have these labels. */
export async function readMetric(
  server: Address,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const text = await ask(server, '/metrics');
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .filter((line) => wanted.every((part) => line.includes(part)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

async function ask({ url, token }: Address, path: string): Promise<string> {
  const response = await fetch(new URL(path, url), {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${text}`);
  return text;
}
