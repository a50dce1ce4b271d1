import { Badge, type Tone } from '#components/ui/badge.tsx';
import {
  BadgeCheck,
  CircleDashed,
  CircleQuestionMark,
  Laptop,
  ShieldAlert,
  UserPen,
  UserRoundCheck,
} from '#components/ui/icons.tsx';
import type { TrustLevel } from './client-identity.ts';

const LOOKS: Record<TrustLevel, { tone: Tone; icon: typeof BadgeCheck; says: string }> = {
  verified: { tone: 'ok', icon: BadgeCheck, says: 'Verified host' },
  local: { tone: 'neutral', icon: Laptop, says: 'Local app' },
  unverified: { tone: 'bad', icon: ShieldAlert, says: 'Not verified' },
  unreachable: { tone: 'warn', icon: ShieldAlert, says: 'Not reachable' },
  self_registered: { tone: 'warn', icon: UserPen, says: 'Self-registered' },
  pre_registered: { tone: 'neutral', icon: UserRoundCheck, says: 'Pre-registered' },
  unattributed: { tone: 'neutral', icon: CircleQuestionMark, says: 'Unattributed' },
  unknown: { tone: 'neutral', icon: CircleQuestionMark, says: 'Not checked' },
  checking: { tone: 'neutral', icon: CircleDashed, says: 'Checking' },
};

/** How sure one can be of who a client is, in two words, with the reason as its title. */
export function TrustBadge({ standing, meaning }: { standing: TrustLevel; meaning: string }) {
  const { tone, icon, says } = LOOKS[standing];
  return (
    <Badge tone={tone} icon={icon} title={meaning}>
      {says}
    </Badge>
  );
}
