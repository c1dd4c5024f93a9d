// Exchange of a CI job's signed identity for a short-lived token of this server.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { LarderError } from '../errors/larder-error.ts';
import { bearerTokenOf } from '../http/authentication.ts';
import { parseBody, readBodiesAsJson } from '../http/json-body.ts';
import type { IdentityExchange } from './identity-exchange.ts';

/** Identities of GitHub and GitLab have about 2 KiB. */
const BODY_LIMIT_BYTES = 16 * 1024;

const bodySchema = z.object({ token: z.string() });

export interface OidcApiOptions {
  exchange: IdentityExchange;
}

/** Routes below the prefix that it is registered with; neither needs a token. */
export function oidcApi(
  scope: FastifyInstance,
  { exchange }: OidcApiOptions,
  done: () => void,
): void {
  readBodiesAsJson(scope);

  scope.get('/', (_request, reply) => reply.send({ issuers: exchange.offers }));

  scope.post('/', { bodyLimit: BODY_LIMIT_BYTES }, async (request, reply) => {
    const outcome = await exchange.exchange(identityOf(request));
    if (!outcome.isGranted) {
      const { reason, claims } = outcome;
      request.log.warn({ reason, claims }, 'an identity was refused');
      throw refused();
    }
    const { token, stored } = outcome;
    const { id, label, access, scope: trustScope, teams, expiresAtMs } = stored;
    request.log.info({ tokenId: id, label, scope: trustScope }, 'an identity was exchanged');
    return reply.header('cache-control', 'no-store').send({
      token,
      expiresAt: new Date(expiresAtMs).toISOString(),
      access,
      scope: trustScope,
      teams,
    });
  });
  done();
}

/** @throws LarderError `LARDER_SERVER_REQUEST_INVALID` */
function identityOf(request: FastifyRequest): string {
  return bearerTokenOf(request) ?? parseBody(bodySchema, request.body).token;
}

/** Says nothing of why: whoever tries out what is let in should learn nothing. */
function refused(): LarderError {
  return new LarderError(
    'LARDER_SERVER_IDENTITY_REFUSED',
    'The identity is not accepted by this server.',
    { hint: 'Look for "an identity was refused" in the log of the server.' },
  );
}
