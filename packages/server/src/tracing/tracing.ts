/** What happened in one request, for a system of traces. */
export interface RequestSpan {
  end(outcome: { status: number; isComplete: boolean }): void;
}

/** Tells a system of traces what the server does. */
export interface Tracing {
  /** Begins the span of a request, within the trace that its headers name. */
  begin(request: {
    method: string;
    /** The pattern of the path; undefined: there is no such route. */
    route: string | undefined;
    headers: Readonly<Record<string, unknown>>;
  }): RequestSpan;
  /** Sends what has not been sent. */
  close(): Promise<void>;
}
