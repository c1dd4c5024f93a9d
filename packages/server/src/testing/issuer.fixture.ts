// A real issuer of signed identities: keys of its own, served over HTTP.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWK, type KeyLike } from 'jose';

export interface Issuer {
  /** The claim `iss`. */
  url: string;
  /** Paths that were asked for, in order. */
  requests: string[];
  /** Answers in place of the issuer, which does so where this says false. */
  behaviour: ((path: string, response: ServerResponse) => boolean) | null;
  /** The document that says where the keys are; it is at `/moved` as well. */
  configuration: { issuer: string; jwks_uri: string };
  /** Replaces all keys by a new one, as issuers do from time to time. */
  rotateKeys(): Promise<void>;
  /** The public key of an RSA key, `key-2`, as PEM. */
  publicKeyPem(): Promise<string>;
  /** Signs an identity that is good for five minutes, unless its claims say otherwise. */
  sign(claims: object, options?: SignOptions): Promise<string>;
  close(): Promise<void>;
}

export interface SignOptions {
  /** Signs by this algorithm with a key of its own, which is served with the others. */
  algorithm?: 'RS256' | 'ES256' | 'EdDSA';
  /** Signs with a key that the issuer does not know under the id of one that it does. */
  withForeignKey?: boolean;
}

interface SigningKey {
  kid: string;
  algorithm: string;
  privateKey: KeyLike;
  publicKey: KeyLike;
  jwk: JWK;
}

/** A key for RSA takes a tenth of a second. */
const FAST_ALGORITHM = 'ES256';

export async function startIssuer(): Promise<Issuer> {
  let count = 0;
  let keys: SigningKey[] = [await createKey(FAST_ALGORITHM)];

  async function createKey(algorithm: string): Promise<SigningKey> {
    count += 1;
    const kid = `key-${String(count)}`;
    const { privateKey, publicKey } = await generateKeyPair(algorithm);
    const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: algorithm };
    return { kid, algorithm, privateKey, publicKey, jwk };
  }

  async function keyFor(algorithm: string): Promise<SigningKey> {
    const known = keys.find((key) => key.algorithm === algorithm);
    if (known) return known;
    const key = await createKey(algorithm);
    keys.push(key);
    return key;
  }

  const server = createServer((request, response) => {
    const path = request.url ?? '';
    issuer.requests.push(path);
    if (issuer.behaviour?.(path, response) === true) return;
    if (['/.well-known/openid-configuration', '/moved'].includes(path)) {
      response.end(JSON.stringify(issuer.configuration));
    } else if (path === '/keys') {
      response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
    } else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const url = `http://127.0.0.1:${port}`;
  const issuer: Issuer = {
    url,
    requests: [],
    behaviour: null,
    configuration: { issuer: url, jwks_uri: `${url}/keys` },
    async rotateKeys() {
      keys = [await createKey(FAST_ALGORITHM)];
    },
    async publicKeyPem() {
      return exportSPKI((await keyFor('RS256')).publicKey);
    },
    async sign(claims, { algorithm = FAST_ALGORITHM, withForeignKey = false } = {}) {
      const { kid, privateKey } = await keyFor(algorithm);
      const now = Math.floor(Date.now() / 1000);
      const payload = { iss: issuer.url, iat: now, nbf: now, exp: now + 300, ...claims };
      const signer = new SignJWT(payload).setProtectedHeader({ alg: algorithm, kid, typ: 'JWT' });
      return signer.sign(withForeignKey ? (await createKey(algorithm)).privateKey : privateKey);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return issuer;
}
