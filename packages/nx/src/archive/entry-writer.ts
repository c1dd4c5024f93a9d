/** Where the entries of an archive go. Paths have passed `checkEntryPath`, link targets `checkLinkTarget`. */
export interface EntryWriter {
  addFolder(path: string, mode: number): void;
  addLink(path: string, target: string): void;
  /** Begins a file; `write` fills it, `endFile` completes it. */
  beginFile(path: string, mode: number): void;
  write(chunk: Uint8Array): void;
  endFile(): void;
}
