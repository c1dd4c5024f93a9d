/** What a process that is measured is asked for. */
export interface Transfer {
  readonly action: 'put' | 'getToFile' | 'get';
  readonly port: number;
  /** What is sent. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Where what is received goes, unless it is only read. */
  readonly target: string;
  readonly count: number;
}
