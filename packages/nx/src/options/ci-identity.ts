import type { LarderEnvironment } from './environment.ts';

/**
 * How a CI job can say what it is, signed by its CI service. Holds secrets: never log it.
 * `signed`: the identity itself, which GitLab gives a job in a variable.
 * `github`: where a job of GitHub Actions asks for it.
 */
export type CiIdentity =
  | { readonly kind: 'signed'; readonly token: string }
  | {
      readonly kind: 'github';
      readonly requestUrl: string;
      readonly requestToken: string;
      /** What to have it made out to; null: what the server asks for. */
      readonly audience: string | null;
    };

/** Null outside of such jobs. */
export function findCiIdentity({ identity }: LarderEnvironment): CiIdentity | null {
  const { token, requestUrl, requestToken, audience } = identity;
  if (token !== null) return { kind: 'signed', token: token.trim() };
  if (requestUrl === null || requestToken === null) return null;
  return { kind: 'github', requestUrl, requestToken, audience };
}
