/** A variable of another cache in a file of the workspace. */
export interface FoundVariable {
  readonly name: string;
  readonly file: string;
  /** From 1 on. */
  readonly line: number;
  /** The address that stands there, for the variable of Nx's own client; null where none does plainly. */
  readonly url: string | null;
}

/** The address of a cache server, for Nx's own client. */
export const serverVariable = 'NX_SELF_HOSTED_REMOTE_CACHE_SERVER';

const names =
  /\b(?:NXCACHE_\w+|NX_VERCEL_REMOTE_CACHE_\w+|NX_SELF_HOSTED_REMOTE_CACHE_\w+|NX_(?:S3|GCS|AZURE)_ENCRYPTION_KEY|NX_POWERPACK_(?:CACHE_MODE|LICENSE)|NX_KEY)\b/g;

/** What a shell, a CI service or a template puts in starts with one of `$ { } < >`, and is not plain. */
const plainUrl =
  /^["']?\s*(?:=|:|\s)\s*\\?["']?(https?:\/\/[^\s"'`\\,;&|${}<>]+)(?=[\s"'`\\,;&|]|$)/;

/** The variables of other caches that a file names, outside of comments that fill a line. */
export function findVariables(file: string, text: string): FoundVariable[] {
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(?:#|\/\/)/.test(line)) return [];
    return [...line.matchAll(names)].map((match) => {
      const [name] = match;
      const rest = line.slice(match.index + name.length);
      const url = name === serverVariable ? (plainUrl.exec(rest)?.[1] ?? null) : null;
      return { name, file, line: index + 1, url };
    });
  });
}
