export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is alive although it may not be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
