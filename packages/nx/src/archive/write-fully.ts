import { writeSync } from 'node:fs';

/** The system may take fewer bytes than it is given. */
export function writeFully(descriptor: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}
