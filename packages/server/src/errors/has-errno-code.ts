/**
 * Tells whether an error is a system error with this code, such as `ENOENT`. Looks at the shape:
 * errors of Node itself are no `instanceof Error` in another realm (a `vm` context, jest).
 */
export function hasErrnoCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
