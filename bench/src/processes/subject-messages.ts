/** What a subject is told to do. */
export interface SubjectTask<T> {
  readonly task: T;
}

/** How it ended. */
export type SubjectAnswer<R> =
  | {
      readonly kind: 'done';
      readonly result: R;
      /** Its own, since it began. */ readonly peakRssMb: number;
    }
  | { readonly kind: 'failed'; readonly message: string };
