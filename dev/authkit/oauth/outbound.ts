import { RESERVED_CLIENT_HOST } from '#lib/config/urls.ts';

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * Fetches metadata documents and keys of clients. The app serves the reserved host, because a loopback address cannot
 * be a client id. All other requests go through the dispatcher that refuses special-use addresses.
 */
export function outboundFetch(appUrl: string): Fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { dispatcher, ...rest } = (init ?? {}) as RequestInit & { dispatcher?: unknown };
    if (url.origin === `https://${RESERVED_CLIENT_HOST}`)
      return fetch(new URL(`${url.pathname}${url.search}`, appUrl), rest);
    // `oidc-provider` continues without a dispatcher when it cannot create one.
    if (!dispatcher)
      return Promise.reject(new Error('the guard against requests to this network is missing'));
    return fetch(url, init);
  };
}
