const brand = Symbol.for('larder.error');

/** What a {@link LarderError} is made of. */
export interface LarderErrorInit<Code extends string = string> {
  /** Stable identifier `LARDER_<AREA>_<WHAT>`, listed in docs/errors.md. */
  code: Code;
  /** What failed and with what; never contains a secret. */
  message: string;
  /** One imperative sentence that names the option or variable to look at. */
  hint: string;
  /** The lower-level error that led here. */
  cause?: unknown;
}

/**
 * The one error class of Larder. Match on `code`, never on `message`.
 *
 * Use {@link isLarderError} instead of `instanceof`: two copies of this package can be installed
 * side by side.
 */
export class LarderError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly hint: string;

  constructor(init: LarderErrorInit<Code>) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'LarderError';
    this.code = init.code;
    this.hint = init.hint;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Tells whether `value` is a {@link LarderError}, made by whichever copy of the package. */
export function isLarderError(value: unknown): value is LarderError {
  return typeof value === 'object' && value !== null && brand in value;
}
