// Loaded into the process that is measured, in front of its program: tells its parent, whenever that
// asks, what the process has needed so far.

export interface Peak {
  readonly peakRssMb: number;
  /** User and system. */
  readonly cpuMs: number;
}

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const peak: Peak = {
    // Kilobytes on every system but macOS.
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1000),
    cpuMs: Math.round((user + system) / 1000),
  };
  process.send?.(peak);
});
