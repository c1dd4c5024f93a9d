import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LarderError } from '../errors/larder-error.ts';
import type { Principal } from '../tokens/principal.ts';
import type { TokenVerifier } from '../tokens/token-verifier.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler behind {@link requireToken} runs. */
    principal: Principal | null;
  }
}

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/**
 * Lets only requests with a known token reach the routes of this scope.
 * Fails with `LARDER_SERVER_REQUEST_UNAUTHORIZED` before anything of a body is read.
 */
export function requireToken(scope: FastifyInstance, verifyToken: TokenVerifier): void {
  scope.addHook('onRequest', async (request) => {
    const presented = bearerTokenOf(request);
    request.principal = presented === null ? null : await verifyToken(presented);
    if (request.principal === null) throw unauthorized(presented !== null);
  });
}

/** What a request presents as its token; null: nothing. */
export function bearerTokenOf({ headers }: FastifyRequest): string | null {
  return BEARER.exec(headers.authorization ?? '')?.[1] ?? null;
}

/**
 * The principal of a request that must be allowed to write.
 *
 * @throws LarderError `LARDER_SERVER_REQUEST_FORBIDDEN`
 */
export function requireWriter(request: FastifyRequest): Principal {
  const principal = principalOf(request);
  if (principal.access === 'read-write') return principal;
  throw new LarderError('LARDER_SERVER_REQUEST_FORBIDDEN', 'This token may only read.', {
    hint: 'Use a token with access "read-write" to store artifacts.',
  });
}

/**
 * The principal of a request that must be allowed to see what concerns all teams.
 *
 * @throws LarderError `LARDER_SERVER_REQUEST_FORBIDDEN`
 */
export function requireEveryTeam(request: FastifyRequest): Principal {
  const principal = principalOf(request);
  if (principal.teams === null) return principal;
  throw new LarderError(
    'LARDER_SERVER_REQUEST_FORBIDDEN',
    'This is about all teams, and the token is for some.',
    { hint: 'Use a token without teams.' },
  );
}

/** The principal of a request behind {@link requireToken}. */
export function principalOf({ principal }: FastifyRequest): Principal {
  if (principal === null) throw new TypeError('The route is not behind requireToken().');
  return principal;
}

function unauthorized(wasPresented: boolean): LarderError {
  return new LarderError(
    'LARDER_SERVER_REQUEST_UNAUTHORIZED',
    wasPresented
      ? 'The token is unknown to this server or no longer good.'
      : 'A bearer token is required.',
    { hint: 'Send a token of this server as "Authorization: Bearer <token>".' },
  );
}
