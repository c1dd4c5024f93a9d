/** What an identity says about its job, by the name of the claim. */
export type Claims = Readonly<Record<string, unknown>>;

/** A claim as text; null when it is missing, or a list or an object, which no rule is about. */
export function claimText(claims: Claims, name: string): string | null {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
