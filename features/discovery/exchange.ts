/** Who takes part in finding an authorization server and signing in, in the order they are drawn. */
export const LANES = ['client', 'mcp-server', 'authorization-server', 'client-document'] as const;
export type Lane = (typeof LANES)[number];

export const LANE_NAMES: Record<Lane, string> = {
  client: 'Client',
  'mcp-server': 'MCP server',
  'authorization-server': 'Authorization server',
  'client-document': 'Client document',
};

/** What an exchange is for. Findings and the page choose by it, never by URL. */
export type Step =
  | 'challenge'
  | 'cors'
  | 'protected-resource-metadata'
  | 'authorization-server-metadata'
  | 'client-document'
  | 'registration'
  | 'authorization'
  | 'token'
  | 'refresh'
  | 'mcp';

export type RecordedHeaders = readonly (readonly [name: string, value: string])[];

/** The one thing in an answer that decided what happened next. */
export type Evidence = {
  in: 'header' | 'body' | 'url';
  /** Name of the field: `resource_metadata`, `authorization_servers`, … */
  field: string;
  value: string;
  /** What the client does because of it, as a short sentence. */
  next: string;
};

/** One request and its answer, already masked: whatever holds an `Exchange` cannot leak a credential. */
export type Exchange = {
  id: string;
  step: Step;
  title: string;
  from: Lane;
  to: Lane;
  request: { method: string; url: string; headers: RecordedHeaders; body?: string };
  response?: { status: number; headers: RecordedHeaders; body?: string; truncated: boolean };
  evidence?: Evidence;
  durationMs: number;
  /** Why there is no answer; one generic sentence for addresses that were refused or did not answer. */
  error?: string;
};

/** What a trace says while it runs. A later `exchange` with the same id replaces the earlier one. */
export type TraceEvent =
  | {
      type: 'started';
      id: string;
      step: Step;
      title: string;
      from: Lane;
      to: Lane;
      method: string;
      url: string;
    }
  | { type: 'exchange'; exchange: Exchange };
