import type { PackRequest, PackResult } from './pack-folder.ts';
import type { UnpackResult } from './tar-extraction.ts';
import type { UnpackRequest } from './unpack-archive.ts';

/** What the archive thread is told. It has at most one job; the next is sent when it has answered. */
export type ThreadMessage =
  | { readonly kind: 'pack'; readonly request: Omit<PackRequest, 'signal'> }
  | { readonly kind: 'unpack'; readonly request: Omit<UnpackRequest, 'signal'> }
  /** Give the job up, if it has not ended by now. */
  | { readonly kind: 'abort' };

/** How the thread answers a job. */
export type ThreadAnswer =
  | { readonly kind: 'done'; readonly result: PackResult | UnpackResult }
  | { readonly kind: 'failed'; readonly error: ErrorFields }
  | { readonly kind: 'aborted' };

/** A `LarderError` without its class, which does not survive the way between threads. */
export interface ErrorFields {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly cause: { readonly message: string; readonly code: string | undefined } | null;
}
