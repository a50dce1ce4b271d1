import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Caller } from '#lib/oauth/caller.ts';
import type { Operation } from './operation.ts';

/** One request to `/mcp` after authentication: its caller, its operation and its outcome. */
export type Call = {
  readonly caller: Caller;
  readonly operation: Operation;
  /** Aborted when the client disconnects, or when its access is revoked or expires while the call runs. */
  readonly signal: AbortSignal;
  /** Whether `signal` is aborted, and the reason. Unlike `signal`, it costs nothing to read. */
  readonly abortState: Pick<AbortSignal, 'aborted' | 'reason'>;
  /** The caller's permissions at WorkOS, or why they are unknown; undefined when the token decides. */
  permissions?: ReadonlySet<string> | 'no_organization' | 'unavailable' | undefined;
  /** Names of tools that the limits of the connection forbid. */
  toolsOff?: ReadonlySet<string> | undefined;
  /** Whether the limits of the connection forbid this call now. A call that runs then is aborted. */
  isForbidden?: (() => Promise<boolean>) | undefined;
  /** Whether the call revokes the access of its own caller, so that a revocation does not end it. */
  endsOwnAccess?: boolean;
  /** Whether it was answered with 503 before it ran. The client sends it again, so it is not recorded. */
  isUnjudged?: boolean;
  /** Recorded after the response. */
  outcome: 'allowed' | 'denied' | 'failed';
  /** Why the call was denied or failed. */
  reason: string | undefined;
};

/** Whether the caller of this call is known to have a permission. */
export function hasPermission({ permissions, caller }: Call, permission: string): boolean {
  return typeof permissions !== 'string' && (permissions ?? caller.permissions).has(permission);
}

/** Marks a call as denied. */
export function deny(call: Call, reason: string): void {
  call.outcome = 'denied';
  call.reason = reason;
}

/** Marks a call as failed. */
export function fail(call: Call, reason: string): void {
  call.outcome = 'failed';
  call.reason = reason;
}

/**
 * Wraps a call as the SDK's `AuthInfo`. The access token itself is left out: no code behind the endpoint needs it, so
 * none can leak it.
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
 * Returns the call that an `AuthInfo` of {@link authInfoOf} carries.
 *
 * @throws {Error} when there is none, because the handler was called without the endpoint
 */
export function callOf(authInfo: AuthInfo | undefined): Call {
  const call = authInfo?.extra?.call;
  if (call === undefined) throw new Error('no authenticated call');
  return call as Call;
}
