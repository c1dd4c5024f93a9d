/** What a process that is measured is asked for. */
export interface Transfer {
  readonly action: 'put' | 'get';
  readonly port: number;
  /** What is sent. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Where what is received goes. */
  readonly target: string;
  readonly count: number;
}

export async function repeat(count: number, act: () => Promise<void>): Promise<void> {
  for (let done = 0; done < count; done += 1) await act();
}
