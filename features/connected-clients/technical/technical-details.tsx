import { Suspense } from 'react';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { accessOf } from '../access.ts';
import { DocumentFindings, DocumentSection } from '../document/document-details.tsx';
import { Fact } from '../fact.tsx';

/** What a client reports about itself, its ids, and its metadata document. */
export function TechnicalDetails({ row, userId }: { row: ConnectionRow; userId: string }) {
  return (
    <details className="mt-12 border-t border-border pt-4">
      <summary className="w-fit text-lg font-medium">Technical details</summary>
      <div className="mt-4 grid gap-x-16 gap-y-8 lg:grid-cols-2">
        <div className="min-w-0">
          <TechnicalFacts row={row} />
          <Suspense>
            <DocumentFindings row={row} userId={userId} />
          </Suspense>
        </div>
        <DocumentSection row={row} userId={userId} />
      </div>
    </details>
  );
}

function TechnicalFacts({ row }: { row: ConnectionRow }) {
  const { software } = row;
  return (
    <dl className="text-sm">
      <Fact name="Client ID">
        <code>{sanitize(row.clientId, 2048) || 'Not in token'}</code>
      </Fact>
      <Fact name="Client software">
        {software ? `${software.name} ${software.version} (self-reported)` : 'Not reported'}
      </Fact>
      <Fact name="Protocol version">{row.protocolVersion ?? 'Unknown'}</Fact>
      <Fact name="Scopes">
        <code>{accessOf(row).join(' ') || 'Unknown'}</code>
      </Fact>
      {row.permissions.length > 0 && (
        <Fact name="Role permissions">
          <code>{row.permissions.join(' ')}</code>
        </Fact>
      )}
      {row.organizationId !== undefined && (
        <Fact name="Organization ID">
          <code>{sanitize(row.organizationId, 100)}</code>
        </Fact>
      )}
    </dl>
  );
}
