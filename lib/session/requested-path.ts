import 'server-only';
import { headers } from 'next/headers';
import { safeReturnTo } from './return-to.ts';

/** Path and query of the requested page, from the header that the proxy sets; `undefined` outside of the proxy. */
export async function requestedPath(): Promise<string | undefined> {
  const header = (await headers()).get('x-url');
  if (header === null) return undefined;
  const url = new URL(header);
  // Next's router adds this parameter when it fetches the data of a page.
  url.searchParams.delete('_rsc');
  return safeReturnTo(url.pathname + url.search);
}
