import { Badge, type Tone } from '#components/ui/badge.tsx';
import {
  BadgeCheck,
  Ban,
  CircleCheck,
  CircleQuestionMark,
  Hourglass,
  Laptop,
  ShieldAlert,
  UserPen,
  UserRoundCheck,
} from '#components/ui/icons.tsx';
import type { ConnectionState } from '#lib/connections/state-sql.ts';
import type { TrustLevel } from './client-identity.ts';

type Look = { tone?: Tone; icon: typeof BadgeCheck; label: string };

const TRUST: Record<TrustLevel, Look> = {
  at_consent: { icon: BadgeCheck, label: 'Host read by AuthKit' },
  verified: { tone: 'ok', icon: BadgeCheck, label: 'Verified host' },
  local: { icon: Laptop, label: 'Local app (unverified)' },
  unverified: { tone: 'bad', icon: ShieldAlert, label: 'Verification failed' },
  unreachable: { tone: 'warn', icon: ShieldAlert, label: 'Not reachable' },
  self_registered: { tone: 'warn', icon: UserPen, label: 'Self-registered' },
  pre_registered: { icon: UserRoundCheck, label: 'Pre-registered' },
  unattributed: { icon: CircleQuestionMark, label: 'Unknown client' },
  unknown: { icon: CircleQuestionMark, label: 'Not verified' },
};

/** The trust level of a client in words, where its detail does not say more. */
export function trustLabel(level: TrustLevel): string | undefined {
  return level === 'local' ? undefined : TRUST[level].label;
}

/** The trust level of a client, with its explanation as the title. */
export function TrustBadge({ level, explanation }: { level: TrustLevel; explanation: string }) {
  const { label, ...look } = TRUST[level];
  return (
    <Badge {...look} title={explanation}>
      {label}
    </Badge>
  );
}

const STATE: Record<ConnectionState, Look & { title?: string }> = {
  active: { tone: 'ok', icon: CircleCheck, label: 'Active' },
  revoked: { icon: Ban, label: 'Revoked' },
  pending: {
    tone: 'warn',
    icon: Hourglass,
    label: 'Revoking',
    title: 'Calls are refused. The grant at AuthKit is not deleted yet.',
  },
  gone: { icon: Ban, label: 'Gone', title: 'Calls are refused. The grant was deleted at AuthKit.' },
};

/** Whether calls of a client are accepted. */
export function StateBadge({ state }: { state: ConnectionState }) {
  const { label, ...look } = STATE[state];
  return <Badge {...look}>{label}</Badge>;
}
