import { useEffect, useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { absoluteTime } from '#components/ui/format.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { SessionSummary } from './messages.ts';
import { claimRows, type TokenView, tokenRefusals } from './token-view.ts';

/** What the access token says, how long it lives, and what a server has to refuse it for. The token is not on the page. */
export function TokenPanel({
  token,
  session,
  resource,
}: {
  token: TokenView;
  /** Absent for a token that the person entered. */
  session: SessionSummary | undefined;
  resource: string;
}) {
  const now = useNow();
  const refusals = tokenRefusals(token, { resource, issuer: session?.issuer }, now);
  const expires =
    token.format === 'jwt' && typeof token.claims.exp === 'number'
      ? token.claims.exp * 1000
      : session?.expiresAt;
  const facts: [string, string][] = session
    ? [
        ['Server', session.serverUrl],
        ['Authorization server', session.issuer],
        ['Client ID', sanitize(session.clientId, 500)],
        ['Scopes', sanitize(session.scopes.join(' '), 500) || 'none'],
        ['Refresh token', session.canRefresh ? 'yes' : 'none'],
      ]
    : [['Server', resource]];
  return (
    <div className="max-w-[60rem] space-y-6">
      <dl className="grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[11rem_1fr]">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted-foreground">{name}</dt>
            <dd className="mb-1 font-mono wrap-anywhere sm:mb-0">{value}</dd>
          </div>
        ))}
        {expires !== undefined && (
          <div className="contents">
            <dt className="text-muted-foreground">Access token expires</dt>
            <dd title={absoluteTime(new Date(expires))} className="tabular-nums">
              <span role="timer">{life(expires - now)}</span>
            </dd>
          </div>
        )}
      </dl>
      {token.format === 'opaque' ? (
        <p className="max-w-[65ch] text-sm text-muted-foreground">
          The access token is opaque: only its servers can read it, and a client need not.
        </p>
      ) : (
        <>
          {refusals.length === 0 ? (
            <Callout tone="neutral" title="Its claims give a server no reason to refuse it">
              <p>The signature was not checked here: that is the task of the server.</p>
            </Callout>
          ) : (
            <Callout tone="bad" title="A server has to refuse this token">
              <ul className="mt-1 space-y-1">
                {refusals.map(({ claim, why }) => (
                  <li key={`${claim} ${why}`} className="wrap-anywhere">
                    <code>{claim}</code>: {sanitize(why, 500)}
                  </li>
                ))}
              </ul>
            </Callout>
          )}
          <Claims
            title="Claims"
            claims={token.claims}
            refused={new Set(refusals.map(({ claim }) => claim))}
            now={now}
          />
          <Claims
            title="Header"
            claims={token.header}
            refused={new Set(refusals.map(({ claim }) => claim))}
            now={now}
          />
        </>
      )}
    </div>
  );
}

function Claims({
  title,
  claims,
  refused,
  now,
}: {
  title: string;
  claims: Readonly<Record<string, unknown>>;
  refused: ReadonlySet<string>;
  now: number;
}) {
  return (
    <table className="block w-full text-left text-sm sm:table">
      <caption className="pb-2 text-left text-base font-medium">{title}</caption>
      <thead className="sr-only sm:not-sr-only sm:table-header-group">
        <tr className="text-muted-foreground">
          {['Claim', 'Value', 'Meaning'].map((name) => (
            <th key={name} scope="col" className="border-b border-border py-2 pr-4 font-normal">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="block sm:table-row-group">
        {claimRows(claims).map(({ name, value, meaning, at }) => (
          <tr key={name} className="block border-b border-border py-2 sm:table-row">
            <th scope="row" className="pr-4 font-normal sm:w-40 sm:py-2 sm:align-top">
              <code className="wrap-anywhere">{name}</code>{' '}
              {refused.has(name) && <Badge tone="bad">refused</Badge>}
            </th>
            <td className="block pr-4 font-mono wrap-anywhere sm:table-cell sm:py-2 sm:align-top">
              {value}
              {at !== undefined && (
                <span className="block font-sans text-muted-foreground" title={absoluteTime(new Date(at))}>
                  {at > now ? `in ${span(at - now)}` : `${span(now - at)} ago`}
                </span>
              )}
            </td>
            <td className="block text-muted-foreground sm:table-cell sm:py-2 sm:align-top">
              {meaning ?? ''}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `4 min 12 s`. */
function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ') || '0 s';
}

const life = (milliseconds: number) => (milliseconds > 0 ? `in ${span(milliseconds)}` : 'expired');

/** The time, each second. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
