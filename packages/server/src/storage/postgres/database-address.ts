import { LarderError } from '../../errors/larder-error.ts';

/** The address of a database, and what of it people may see. */
export interface DatabaseAddress {
  url: string;
  /** Names the database, without user and password. */
  name: string;
  /** What no message may hold. */
  secrets: readonly string[];
}

/** @throws LarderError `LARDER_SERVER_OPTIONS_INVALID`, which does not repeat the address. */
export function parseDatabaseAddress(url: string): DatabaseAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new LarderError(
      'LARDER_SERVER_OPTIONS_INVALID',
      'The address of the database is no URL that begins with "postgres://".',
      { hint: 'Name the database as postgres://user:password@host:5432/database.' },
    );
  }
  const { password, pathname, hostname, port, searchParams } = parsed;
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
