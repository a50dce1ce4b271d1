import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import type { SessionSummary } from './server/http/messages.ts';

const KINDS = { document: 'Client document', registered: 'Registered', entered: 'Entered by you' };

/** Being signed in to a server: as whom, for what, and what can be done about it. */
export function SessionPanel({
  session,
  connected,
  busy,
  onConnect,
  onRefresh,
  onSignOut,
}: {
  session: SessionSummary;
  connected: boolean;
  busy: boolean;
  onConnect: () => void;
  onRefresh: () => void;
  onSignOut: () => void;
}) {
  const facts: [string, string][] = [
    ['Server', session.serverUrl],
    ['Signed in at', session.issuer],
    ['As client', sanitize(session.clientId, 500)],
    ['Scopes', sanitize(session.scopes.join(' '), 500) || 'none named'],
    ...(session.expiresAt ? [['Token until', clock(session.expiresAt)] as [string, string]] : []),
  ];
  return (
    <section aria-labelledby="session" className="space-y-4">
      <h2 id="session" className="flex flex-wrap items-center gap-2 text-base">
        Signed in <Badge tone="ok">{KINDS[session.clientKind]}</Badge>
      </h2>
      <dl className="grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[8rem_1fr]">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted-foreground">{name}</dt>
            <dd className="mb-1 font-mono wrap-anywhere sm:mb-0">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap gap-2">
        <Button variant={connected ? 'secondary' : 'primary'} disabled={busy} onClick={onConnect}>
          {connected ? 'Read the server again' : 'Connect'}
        </Button>
        <Button disabled={busy || !session.canRefresh} onClick={onRefresh}>
          Refresh the token
        </Button>
        <Button variant="quiet" disabled={busy} onClick={onSignOut}>
          Forget the tokens
        </Button>
      </div>
    </section>
  );
}

/** In UTC, so that the server and the browser write the same. */
const clock = (at: number) => `${new Date(at).toISOString().slice(11, 19)} UTC`;

/** The server asked for more scopes: what for, and the way there. */
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
        The server answered insufficient_scope and asks for{' '}
        <code className="wrap-anywhere">{sanitize(scopes.join(' '), 500)}</code>. What was granted so far is
        asked for again with it, so that nothing is lost.
      </p>
      <Button size="small" disabled={busy} onClick={onStepUp} className="mt-2">
        Sign in again with these scopes
      </Button>
    </Callout>
  );
}
