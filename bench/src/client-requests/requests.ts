/** What a process that is measured is asked for. */
export interface Requests {
  readonly action: 'put' | 'get' | 'getInto' | 'head';
  readonly port: number;
  readonly sizeBytes: number;
  /** One after the other. */
  readonly count: number;
}
