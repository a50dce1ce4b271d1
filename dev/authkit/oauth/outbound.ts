import { RESERVED_CLIENT_HOST } from '#lib/config/urls.ts';

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * Every request that the authorization server makes for a client: metadata documents and keys. The reserved
 * host is answered by the app, since a loopback address cannot be a client id; anything else goes out through
 * the dispatcher that refuses special-use addresses, or not at all.
 */
export function outboundFetch(appUrl: string): Fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { dispatcher, ...rest } = (init ?? {}) as RequestInit & { dispatcher?: unknown };
    if (url.origin === `https://${RESERVED_CLIENT_HOST}`)
      return fetch(new URL(`${url.pathname}${url.search}`, appUrl), rest);
    // `oidc-provider` goes on without its guard when it cannot build one.
    if (!dispatcher)
      return Promise.reject(new Error('the guard against requests to this network is missing'));
    return fetch(url, init);
  };
}
