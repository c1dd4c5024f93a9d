/** What a command of the `larder` program has of the world. */
export interface CliIo {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** To standard output; resolves when the text has left. */
  readonly print: (text: string) => Promise<void>;
  /** To standard error. */
  readonly printError: (text: string) => Promise<void>;
  /** Somebody wants the command to end, for example by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** 0: all is well. 1: it is not, or the command could not do what it is for. 2: it was called wrongly. */
export type ExitCode = 0 | 1 | 2;

/** What a command answers, in both forms. */
export interface Answer {
  /** For people; ends with a line break unless it is empty. */
  readonly text: string;
  /** For scripts. */
  readonly json: unknown;
  readonly exitCode?: ExitCode;
}
