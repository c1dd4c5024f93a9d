/** @throws Error when another number of bytes comes. */
export async function readToEnd(content: AsyncIterable<Buffer>, sizeBytes: number): Promise<void> {
  let seenBytes = 0;
  for await (const chunk of content) seenBytes += chunk.length;
  if (seenBytes !== sizeBytes) throw new Error(`${seenBytes} of ${sizeBytes} bytes came.`);
}
