/** One thing that a project's task leaves behind; paths are relative to the workspace. */
export type OutputEntry =
  | { readonly kind: 'file'; readonly path: string; readonly text: string; readonly mode: number }
  /** A file that does not compress; the same bytes for the same seed. */
  | {
      readonly kind: 'random';
      readonly path: string;
      readonly megabytes: number;
      readonly seed: number;
    }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string };

/** A project with one `build` task. */
export interface ProjectLayout {
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** How long the task works after it has written its outputs. */
  readonly workMs: number;
  /** The `outputs` of the task, as they stand in project.json. */
  readonly outputs: readonly string[];
  readonly entries: readonly OutputEntry[];
  /** With which the task ends; 0 when it is not given. */
  readonly exitCode?: number;
}
