/** Revisions of MCP that have an authorization specification, oldest first. */
export const REVISIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

/**
 * How binding a requirement is. `derived`: no sentence of a standard says it, but a server without it fails
 * something that a standard does say, or clients that exist.
 */
export type Level = 'MUST' | 'SHOULD' | 'derived';

export type Requirement = {
  id: string;
  /** Document and section. MCP's own documents are those of the revision. */
  section: string;
  /** What is required, in our words. */
  text: string;
  /** The revisions that have it, each with how binding it is there. */
  levels: Partial<Record<Revision, Level>>;
  /** Why no test covers it. Only for requirements that cannot be seen over HTTP. */
  untested?: string;
};

/** The same level in all revisions from `first` on. */
export function since(first: Revision, level: Level): Partial<Record<Revision, Level>> {
  return Object.fromEntries(
    REVISIONS.filter((revision) => revision >= first).map((revision) => [revision, level]),
  );
}

export const always = (level: Level) => since('2025-03-26', level);
