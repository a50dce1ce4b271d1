import 'server-only';
import { headers } from 'next/headers';
import { safeReturnTo } from './return-to.ts';

/** Path and query of the page that was asked for, as the proxy noted it; `undefined` outside the proxy. */
export async function requestedPath(): Promise<string | undefined> {
  const noted = (await headers()).get('x-url');
  if (noted === null) return undefined;
  const url = new URL(noted);
  // The router's own parameter, on requests for a page's data.
  url.searchParams.delete('_rsc');
  return safeReturnTo(url.pathname + url.search);
}
