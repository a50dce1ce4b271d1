/** Why an unsafe request is refused: it was not sent by one of our own pages. */
type CrossSite = { reason: 'no_origin' } | { reason: 'null_origin' } | { reason: 'foreign_origin' };

/**
 * Checks that an unsafe request comes from a page of this site: its `Origin` must equal `appUrl` exactly.
 * `Host` and `X-Forwarded-Host` are ignored, because the sender chooses them. Browsers send `Origin` with
 * every `POST`, so a request without it is refused too.
 *
 * @returns why the request is refused, or `undefined` when it is same-origin
 */
export function crossSite(headers: Pick<Headers, 'get'>, appUrl: string): CrossSite | undefined {
  const origin = headers.get('origin');
  if (origin === null) return { reason: 'no_origin' };
  if (origin === 'null') return { reason: 'null_origin' };
  return origin === appUrl ? undefined : { reason: 'foreign_origin' };
}
