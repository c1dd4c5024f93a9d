/** What a command, or a part of a process's life, took. */
export interface Cost {
  /** User and system time of all processes. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** The greatest resident memory, all processes together; null when nobody asked for it. */
  readonly peakRssMb: number | null;
}

/** What one of `count` equal things took, done one after the other or at once. */
export function costOfEach({ cpuMs, wallMs, peakRssMb }: Cost, count: number): Cost {
  return { cpuMs: cpuMs / count, wallMs: wallMs / count, peakRssMb };
}
