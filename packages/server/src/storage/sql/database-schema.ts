/** The tables that both dialects have, as the newest migrations leave them. */
export interface DatabaseSchema {
  artifact: {
    team: string;
    scope: string;
    api: string;
    hash: string;
    blob: string;
    size_bytes: number;
    stored_bytes: number;
    sha256: string;
    duration_ms: number | null;
    tag: string | null;
    sha: string | null;
    dirty_hash: string | null;
    client_ci: string | null;
    client_interactive: number | null;
    writer: string;
    created_at_ms: number;
    accessed_at_ms: number;
    token_id: string;
    repository: string | null;
    ref: string | null;
    run: string | null;
    address: string | null;
    hits: number;
  };
  token: {
    id: string;
    sha256: string;
    label: string;
    access: string;
    scope: string;
    /** JSON list; null: every team. */
    teams: string | null;
    /** JSON object. */
    origin: string | null;
    created_at_ms: number;
    expires_at_ms: number | null;
    revoked_at_ms: number | null;
  };
  /** One row, or none. */
  identity: {
    place: number;
    id: string;
  };
}
