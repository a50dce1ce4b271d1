import type { Reference } from '#lib/checks/finding.ts';

/** A client metadata document, parsed. Untrusted. */
export type ClientMetadata = Readonly<Record<string, unknown>>;

/**
 * A section of draft-ietf-oauth-client-id-metadata-document-02, with the sections of other documents that say the same.
 */
export function cimd(section: string, ...others: readonly string[]): Reference {
  return {
    name: [`CIMD -02 section ${section}`, ...others].join(', '),
    url: `https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-02#section-${section}`,
  };
}

/** A value of a document as text. */
export function shown(value: unknown): string {
  return value === undefined ? 'absent' : (JSON.stringify(value) ?? 'absent');
}
