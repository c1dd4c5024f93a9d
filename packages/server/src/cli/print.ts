/** Writes to standard output; resolves when it has left, for the process may end right after. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => {
      // A reader that has gone, such as `head`, has what it wanted.
      resolve();
    });
  });
}
