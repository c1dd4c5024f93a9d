/** What a process packs or unpacks, and how often. */
export interface ArchiveTask {
  readonly action: 'pack' | 'unpack';
  readonly times: number;
  /** Holds `outputs`, or, for `unpack`, gets a folder for each time. */
  readonly folder: string;
  readonly file: string;
}

/** What unpacks has its own place each time, so that nothing has to be removed while it is measured. */
export function targetOf({ folder }: ArchiveTask, index: number): string {
  return `${folder}/${index}`;
}
