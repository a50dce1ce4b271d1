/** Seconds for which a `cache-control` value allows caching; undefined when it has no lifetime. */
function lifetime(cacheControl: string): number | undefined {
  const seconds = /(?:^|[\s,])(?:s-maxage|max-age)\s*=\s*"?(\d+)/i.exec(cacheControl)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** Whether an error response with this `cache-control` may be cached (RFC 9111 section 3): explicitly cacheable. */
export function cachesErrors(cacheControl: string | undefined): boolean {
  if (cacheControl === undefined || /no-store|no-cache/i.test(cacheControl)) return false;
  const seconds = lifetime(cacheControl);
  return seconds === undefined ? /(?:^|[\s,])(?:public|immutable)/i.test(cacheControl) : seconds > 0;
}

/** Whether a metadata document with this `cache-control` is cached for more than a day. */
export function cachedTooLong(cacheControl: string | undefined): boolean {
  if (cacheControl === undefined || /no-store|no-cache/i.test(cacheControl)) return false;
  return (lifetime(cacheControl) ?? 0) > 86_400 || /(?:^|[\s,])immutable/i.test(cacheControl);
}
