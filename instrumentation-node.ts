import { requireConfig } from '#lib/config/require-config.ts';
import { flushActivity } from '#lib/connections/activity.ts';
import { drainOnSignal } from '#lib/net/drain.ts';
import { stampPeerAddresses } from '#lib/net/peer-address.ts';
import { joinRepeatedAuthorization } from '#lib/net/repeated-authorization.ts';

/** What a server process does before its first request. */
export function start(): void {
  requireConfig();
  stampPeerAddresses();
  joinRepeatedAuthorization();
  drainOnSignal(() => flushActivity());
}
