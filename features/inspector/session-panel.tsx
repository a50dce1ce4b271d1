import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import type { SessionSummary } from './messages.ts';

const KINDS = { document: 'CIMD', registered: 'DCR', entered: 'Pre-registered' };

/** The session at a server, and its actions. */
export function SessionPanel({
  session,
  connected,
  busy,
  onConnect,
  onRefresh,
  onDisconnect,
}: {
  session: SessionSummary;
  connected: boolean;
  busy: boolean;
  onConnect: () => void;
  onRefresh: () => void;
  onDisconnect: () => void;
}) {
  const facts: [string, string][] = [
    ['Server', session.serverUrl],
    ['Authorization server', session.issuer],
    ['Client ID', sanitize(session.clientId, 500)],
    ['Scopes', sanitize(session.scopes.join(' '), 500) || 'none'],
    ...(session.expiresAt ? [['Token expires', clock(session.expiresAt)] as [string, string]] : []),
  ];
  return (
    <section aria-labelledby="session" className="space-y-4">
      <h2 id="session" className="flex flex-wrap items-center gap-2 text-base">
        Connected <Badge tone="ok">{KINDS[session.clientKind]}</Badge>
      </h2>
      <dl className="grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[11rem_1fr]">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted-foreground">{name}</dt>
            <dd className="mb-1 font-mono wrap-anywhere sm:mb-0">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap gap-2">
        <Button variant={connected ? 'secondary' : 'primary'} disabled={busy} onClick={onConnect}>
          {connected ? 'Reload capabilities' : 'Connect'}
        </Button>
        <Button disabled={busy || !session.canRefresh} onClick={onRefresh}>
          Refresh token
        </Button>
        <Button variant="quiet" disabled={busy} onClick={onDisconnect}>
          Disconnect
        </Button>
      </div>
    </section>
  );
}

/** In UTC, so that the server and the browser render the same text. */
const clock = (at: number) => `${new Date(at).toISOString().slice(11, 19)} UTC`;

/** Offers a new sign-in with the scopes that the last call needs. */
export function StepUpNotice({
  scopes,
  busy,
  onStepUp,
}: {
  scopes: readonly string[];
  busy: boolean;
  onStepUp: () => void;
}) {
  return (
    <Callout tone="warn" title="This call needs more scopes" live>
      <p>
        The server returned insufficient_scope. The call needs{' '}
        <code className="wrap-anywhere">{sanitize(scopes.join(' '), 500)}</code>. The new sign-in also asks
        for the scopes granted so far.
      </p>
      <Button size="small" disabled={busy} onClick={onStepUp} className="mt-2">
        Sign in again with these scopes
      </Button>
    </Callout>
  );
}
