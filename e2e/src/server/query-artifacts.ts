/** What the server knows of an artifact. */
export interface ArtifactInformation {
  readonly size: number;
  readonly taskDurationMs: number;
  readonly tag?: string;
}

/** Asks the server which of the hashes it has; absent ones are null. */
export async function queryArtifacts(
  server: { readonly url: string; readonly token: string },
  hashes: readonly string[],
): Promise<Record<string, ArtifactInformation | null>> {
  const response = await fetch(new URL('/v8/artifacts', server.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ hashes }),
  });
  if (response.status !== 200) {
    throw new Error(`POST /v8/artifacts answered ${response.status}: ${await response.text()}`);
  }
  return (await response.json()) as Record<string, ArtifactInformation | null>;
}
