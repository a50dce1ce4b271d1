import { Badge } from '#components/ui/badge.tsx';
import { Ban, CircleCheck, Hourglass } from '#components/ui/icons.tsx';
import type { ConnectionState } from '#lib/connections/queries.ts';

/** Whether a client may act now. */
export function StateBadge({ state }: { state: ConnectionState }) {
  switch (state) {
    case 'active':
      return (
        <Badge tone="ok" icon={CircleCheck}>
          Active
        </Badge>
      );
    case 'revoked':
      return <Badge icon={Ban}>Revoked</Badge>;
    case 'pending':
      return (
        <Badge
          tone="warn"
          icon={Hourglass}
          title="Refused here; its grant at AuthKit is still to be deleted."
        >
          Deletion pending
        </Badge>
      );
  }
}
