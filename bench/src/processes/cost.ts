/** What a command, or a part of a process's life, took. */
export interface Cost {
  /** User and system time of all processes. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** The greatest resident memory, all processes together; null when nobody asked for it. */
  readonly peakRssMb: number | null;
}
