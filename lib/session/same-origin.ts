/** Why a request that changes something was not sent by one of our own pages. */
export type CrossSite = { reason: 'no_origin' } | { reason: 'null_origin' } | { reason: 'foreign_origin' };

/**
 * Whether a request that changes something comes from a page of this site: its `Origin` must be `appUrl` to
 * the byte. `Host` and `X-Forwarded-Host` are not asked, because whoever sends them chooses them. Browsers
 * send `Origin` with every `POST`, so its absence is refused as well.
 *
 * @returns why it is refused, or `undefined` when it is ours
 */
export function crossSite(headers: Pick<Headers, 'get'>, appUrl: string): CrossSite | undefined {
  const origin = headers.get('origin');
  if (origin === null) return { reason: 'no_origin' };
  if (origin === 'null') return { reason: 'null_origin' };
  return origin === appUrl ? undefined : { reason: 'foreign_origin' };
}
