/** The parties of discovery and sign-in, in the order of the diagram. */
export const LANES = ['client', 'mcp-server', 'authorization-server', 'client-document'] as const;
export type Lane = (typeof LANES)[number];

export const LANE_NAMES: Record<Lane, string> = {
  client: 'Client',
  'mcp-server': 'MCP server',
  'authorization-server': 'Authorization server',
  'client-document': 'Client document',
};

/** Purpose of an exchange. Rules and pages select exchanges by it, never by URL. */
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

/** The field of a message that decided the next step. */
export type Evidence = {
  in: 'header' | 'body' | 'url';
  /** Name of the field: `resource_metadata`, `authorization_servers`, … */
  field: string;
  value: string;
  /** The next step of the client, as a short sentence. */
  next: string;
};

/** A request and its response, masked when recorded: an `Exchange` holds no credential. */
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
  /** Why there is no response; one generic sentence for addresses that were refused or did not answer. */
  error?: string;
};

/** Event of a running trace. A later `exchange` with the same id replaces the earlier one. */
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
