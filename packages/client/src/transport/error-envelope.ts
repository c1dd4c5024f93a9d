/** What a server says about a failure. */
export interface ErrorEnvelope {
  code: string | null;
  message: string | null;
}

const MAX_MESSAGE_LENGTH = 300;

/**
 * Reads `{"error":{"code","message"}}`, which Vercel sends and Turborepo expects, or the flat
 * `{"code","message"}` of the published OpenAPI description. Anything else says nothing.
 */
export function parseErrorEnvelope(text: string | null): ErrorEnvelope {
  const outer = parseObject(text);
  const inner = isObject(outer.error) ? outer.error : outer;
  return { code: toText(inner.code), message: toText(inner.message) };
}

function parseObject(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One short line: it goes into messages that people see in a terminal. */
function toText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const line = value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line === '' ? null : line.slice(0, MAX_MESSAGE_LENGTH);
}
