/** All lines that the plugin printed. */
export function larderLines(output: string): string[] {
  return output.split('\n').filter((line) => line.startsWith('Larder: '));
}

/** The plugin's lines about trouble, without its report. */
export function warningLines(output: string): string[] {
  return larderLines(output).filter((line) => line.startsWith('Larder: warning: '));
}

/** The plugin's lines but for those that a slow machine sees while it waits for its uploads. */
export function lastingLines(output: string): string[] {
  return larderLines(output).filter((line) => !line.startsWith('Larder: waiting for '));
}
