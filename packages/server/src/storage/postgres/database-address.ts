import { LarderError } from '../../errors/larder-error.ts';

/** The address of a database, and what of it people may see. */
export interface DatabaseAddress {
  url: string;
  /** Names the database, without user and password. */
  name: string;
  /** What no message may hold. */
  secrets: readonly string[];
}

export function isDatabaseUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text);
}

/** @throws LarderError `LARDER_SERVER_OPTIONS_INVALID`, which does not repeat the address. */
export function parseDatabaseAddress(url: string): DatabaseAddress {
  if (!isDatabaseUrl(url)) {
    throw new LarderError(
      'LARDER_SERVER_OPTIONS_INVALID',
      'The address of the database is no URL that begins with "postgres://".',
      { hint: 'Name the database as postgres://user:password@host:5432/database.' },
    );
  }
  const { password, pathname, hostname, port, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? hostname;
  const passwords = new Set([password, decoded(password), searchParams.get('password') ?? '']);
  return {
    url,
    name: `${decoded(pathname.slice(1))} at ${host}:${port === '' ? '5432' : port}`,
    secrets: [...passwords].filter((secret) => secret !== ''),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
