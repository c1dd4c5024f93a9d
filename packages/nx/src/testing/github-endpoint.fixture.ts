import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestBed } from './test-bed.fixture.ts';

/** Where a job of GitHub Actions asks for its identity. */
export interface GithubEndpoint {
  /** `ACTIONS_ID_TOKEN_REQUEST_URL`. */
  readonly url: string;
  readonly requests: { readonly audience: string | null; readonly authorization: string }[];
  /** Answers in place of the endpoint; null: it signs what it is asked for. */
  behaviour: ((response: ServerResponse) => void) | null;
}

/** It signs nothing for real: the identity is `identity for <audience>`. It ends with the test. */
export async function startGithubEndpoint(bed: TestBed): Promise<GithubEndpoint> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://github');
    const audience = searchParams.get('audience');
    endpoint.requests.push({ audience, authorization: request.headers.authorization ?? '' });
    if (endpoint.behaviour) endpoint.behaviour(response);
    else response.end(JSON.stringify({ count: 1, value: `identity for ${String(audience)}` }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint: GithubEndpoint = {
    url: `http://127.0.0.1:${port}/token?api-version=2.0`,
    requests: [],
    behaviour: null,
  };
  bed.onCleanUp(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return endpoint;
}
