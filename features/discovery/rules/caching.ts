/** Seconds for which `cacheControl` lets a cache keep an answer; undefined where it does not say. */
function lifetime(cacheControl: string): number | undefined {
  const seconds = /(?:^|[\s,])(?:s-maxage|max-age)\s*=\s*"?(\d+)/i.exec(cacheControl)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** Whether an error with this `Cache-Control` may be kept (RFC 9111 section 3): explicitly cacheable. */
export function pinsErrors(cacheControl: string | undefined): boolean {
  if (cacheControl === undefined || /no-store|no-cache/i.test(cacheControl)) return false;
  const seconds = lifetime(cacheControl);
  return seconds === undefined ? /(?:^|[\s,])(?:public|immutable)/i.test(cacheControl) : seconds > 0;
}

/** Whether a metadata document with this `Cache-Control` is kept for more than a day. */
export function keptTooLong(cacheControl: string | undefined): boolean {
  if (cacheControl === undefined || /no-store|no-cache/i.test(cacheControl)) return false;
  return (lifetime(cacheControl) ?? 0) > 86_400 || /(?:^|[\s,])immutable/i.test(cacheControl);
}
