import type { ReactNode } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { CircleAlert, ShieldAlert } from '#components/ui/icons.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Cell, INLINE_CELL, Row, RowGroup } from '#components/ui/table.tsx';
import type { Act } from '#lib/connections/organization/acts.ts';
import type { AuditEntry } from '#lib/connections/organization/audit.ts';
import { sanitize } from '#lib/text/sanitize.ts';

const ACTS: Record<Act, string> = {
  revoked_connection: 'Revoked a connection',
  revoked_person: 'Revoked the connections of a person',
  revoked_app: 'Revoked the connections of an app',
  revoked_all: 'Revoked every connection',
  allowed_again: 'Allowed a connection again',
  changed_policy: 'Changed the access policy',
  exported: 'Exported the audit log',
};

const CHANGES: Record<(AuditEntry & { kind: 'change' })['event'], string> = {
  revoked: 'Revoked access',
  undone: 'Undid a revocation',
  limited: 'Changed limits',
  expired: 'Expired',
};

const OUTCOME = {
  denied: { tone: 'bad', icon: ShieldAlert, label: 'Refused' },
  failed: { tone: 'warn', icon: CircleAlert, label: 'Failed' },
} as const;

/** One entry of the log, by its kind. */
export function AuditEntryRow({ entry, renderedAt }: { entry: AuditEntry; renderedAt: number }) {
  const time = <RelativeTime at={entry.at.toISOString()} renderedAt={renderedAt} />;
  if (entry.kind === 'act')
    return (
      <EntryCells time={time} person={entry.by} note="Admin" client="–">
        <span className="font-medium">{ACTS[entry.act]}</span>
        {(entry.detail || entry.email || entry.target) !== '' && (
          <span className="block wrap-anywhere text-muted-foreground">
            {sanitize(entry.detail || entry.email || entry.target, 1_000)}
          </span>
        )}
      </EntryCells>
    );
  const person = entry.email ?? entry.userId ?? 'Deleted';
  if (entry.kind === 'change')
    return (
      <EntryCells
        time={time}
        person={person}
        client={entry.connectionId === '' ? 'Every client' : entry.client}
      >
        <span className="font-medium">{CHANGES[entry.event]}</span>
        {entry.by !== '' && entry.by !== person && (
          <span className="block wrap-anywhere text-muted-foreground">By {sanitize(entry.by, 200)}</span>
        )}
      </EntryCells>
    );
  const look = entry.outcome === 'allowed' ? undefined : OUTCOME[entry.outcome];
  return (
    <EntryCells time={time} person={person} client={entry.client || 'Deleted'}>
      <span className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
        <code className="wrap-anywhere">{entry.tool ?? entry.method}</code>
        {look && (
          <Badge tone={look.tone} icon={look.icon}>
            {look.label}
          </Badge>
        )}
        {entry.reason !== undefined && (
          <span className="text-muted-foreground">{entry.reason.replaceAll('_', ' ')}</span>
        )}
      </span>
    </EntryCells>
  );
}

function EntryCells({
  time,
  person,
  note,
  client,
  children,
}: {
  time: ReactNode;
  person: string;
  note?: string;
  client: string;
  children: ReactNode;
}) {
  return (
    <RowGroup>
      <Row>
        <Cell className={`text-sm narrow:text-muted-foreground ${INLINE_CELL}`}>{time}</Cell>
        <Cell className={`text-sm ${INLINE_CELL}`}>
          <span className="wrap-anywhere">{sanitize(person, 200)}</span>
          {note && <span className="text-muted-foreground narrow:ml-1 wide:block">{note}</span>}
        </Cell>
        <Cell className={`text-sm ${INLINE_CELL}`}>
          <span className="wrap-anywhere">{sanitize(client, 100)}</span>
        </Cell>
        <Cell className="text-sm">{children}</Cell>
      </Row>
    </RowGroup>
  );
}
