import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Caller } from '#lib/oauth/caller.ts';
import type { Operation } from './operation.ts';

/** One request to `/mcp` after authentication: who calls, what for, and what became of it. */
export type Call = {
  readonly caller: Caller;
  readonly operation: Operation;
  /** Aborted when the client goes away, or when its permission ends while the call runs. */
  readonly signal: AbortSignal;
  /** Whether it is aborted by now, and why; for who does not wait for that. */
  readonly ended: Pick<AbortSignal, 'aborted' | 'reason'>;
  /** Set by the tool that ran; the endpoint records it after the response. */
  outcome: 'allowed' | 'denied' | 'failed';
  reason: string | undefined;
};

/**
 * Wraps a call as the SDK's `AuthInfo`. The access token itself is left out: nothing behind the endpoint has a
 * use for it, and what is not there cannot leak.
 */
export function authInfoOf(call: Call, resourceMetadataUrl: string): AuthInfo {
  const { caller } = call;
  return {
    token: '',
    clientId: caller.clientId ?? '',
    scopes: [...caller.scopes],
    expiresAt: caller.expiresAt,
    resourceMetadataUrl,
    extra: { call },
  };
}

/**
 * The call that an `AuthInfo` of {@link authInfoOf} carries.
 *
 * @throws {Error} when there is none: a server instance was made outside the endpoint
 */
export function callOf(authInfo: AuthInfo | undefined): Call {
  const call = authInfo?.extra?.call;
  if (call === undefined) throw new Error('no authenticated call');
  return call as Call;
}
