import { buttonClass } from '#components/ui/button.tsx';
import { countOf, formatNumber } from '#components/ui/format.ts';
import { RevokeLink } from '../revoke-buttons.tsx';

/** Revokes every connection without a call for 30 days. */
export function RevokeUnused({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <RevokeLink
      client={{
        id: '',
        name: countOf(count, 'unused connection'),
        kind: 'client',
        connections: count,
        which: { ids: [], apps: [], unused: true },
      }}
      className={buttonClass('secondary', 'small')}
    >
      {`Revoke unused (${formatNumber(count)})`}
    </RevokeLink>
  );
}
