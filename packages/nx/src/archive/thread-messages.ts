import type { PackRequest, PackResult } from './pack-folder.ts';
import type { UnpackRequest, UnpackResult } from './unpack-archive.ts';

/** A job of the archive thread. Those that it has at the same time go on side by side. */
export type JobMessage =
  | { readonly kind: 'pack'; readonly request: Omit<PackRequest, 'signal'> }
  /** The archive follows in chunks. */
  | { readonly kind: 'unpack'; readonly request: Omit<UnpackRequest, 'archive' | 'signal'> };

/** What the archive thread is told, of the job that the number names. */
export type ThreadMessage = { readonly jobId: number } & (
  | JobMessage
  /** The next part of the archive that is unpacked; sent only when it is wanted. */
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  /** The archive is complete, and good as far as its sender can tell. */
  | { readonly kind: 'end' }
  /** Give the job up, if it has not ended by now. */
  | { readonly kind: 'abort' }
);

/** What the thread says of a job: that it wants the next part of the archive, or how it has ended. */
export type ThreadAnswer = { readonly jobId: number } & ({ readonly kind: 'wanted' } | JobEnd);

export type JobEnd =
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
