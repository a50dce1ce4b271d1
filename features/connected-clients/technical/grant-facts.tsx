import { LocalTime } from '#components/ui/local-time.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { isForOthers } from '../access.ts';
import { Fact } from '../fact.tsx';
import { asksAgain } from './refresh.ts';

/** When an active client has to ask the person again. */
export function AccessTokenFact({ row, renderedAt }: { row: ConnectionRow; renderedAt: number }) {
  if (row.state !== 'active') return null;
  return (
    <Fact name="Access token">
      <TokenExpiry row={row} renderedAt={renderedAt} />
    </Fact>
  );
}

function TokenExpiry({ row, renderedAt }: { row: ConnectionRow; renderedAt: number }) {
  const { tokenExpiresAt: at } = row;
  if (row.granted && row.grantedScopes.includes('offline_access')) return 'Renewed without asking you';
  const asks = asksAgain(row);
  if (at === undefined) return asks ? 'Asks you again when it expires' : 'Unknown';
  const time = at.toISOString();
  if (at.getTime() <= renderedAt)
    return (
      <>
        Expired <RelativeTime at={time} renderedAt={renderedAt} />
        {asks && '; asks you again'}
      </>
    );
  return (
    <>
      {asks ? 'Asks again at' : 'Expires at'} <LocalTime at={time} format="time" />; until then it acts
      without asking AuthKit
    </>
  );
}

/** What is unusual about the grant of a client. */
export function GrantFacts({ row }: { row: ConnectionRow }) {
  return (
    <>
      {row.firstParty && <Fact name="Application">First-party: made by the owner of this server</Fact>}
      {isForOthers(row) && (
        <Fact name="Granted for">
          <code>{row.grantResources.join(', ')}</code> (not this server)
        </Fact>
      )}
    </>
  );
}
