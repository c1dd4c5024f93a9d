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
export type ProjectLayout = ProducingProject | ShellProject;

interface Project {
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** The `outputs` of the task, as they stand in project.json. */
  readonly outputs: readonly string[];
}

/** Its task leaves the entries behind. */
export interface ProducingProject extends Project {
  /** How long the task works after it has written its outputs. */
  readonly workMs: number;
  readonly entries: readonly OutputEntry[];
  /** With which the task ends; 0 when it is not given. */
  readonly exitCode?: number;
}

/** Its task is a line for the shell, in the workspace's folder. */
export interface ShellProject extends Project {
  readonly command: string;
}
