import type { ServerErrorCode } from './error-codes.ts';

const BRAND = Symbol.for('larder.error');

/** What a {@link LarderError} says beyond its code and message. */
export interface LarderErrorDetails {
  /** One imperative sentence: what to do about it. */
  hint: string;
  cause?: unknown;
}

/** Every error of this package. Match on `code`; the message is for people and may change. */
export class LarderError extends Error {
  readonly code: ServerErrorCode;
  /** One imperative sentence: what to do about it. */
  readonly hint: string;

  constructor(code: ServerErrorCode, message: string, details: LarderErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'LarderError';
    this.code = code;
    this.hint = details.hint;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Tells a {@link LarderError} from other values, also across two installed copies of a package. */
export function isLarderError(value: unknown): value is LarderError {
  return typeof value === 'object' && value !== null && BRAND in value;
}
