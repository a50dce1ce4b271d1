import { CLIENT_METADATA_PATH, RESERVED_CLIENT_HOST } from '#lib/config/urls.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { openPages, type PageSession, signInToPages } from '#scripts/demo/page-session.ts';

/** Documents of the app that publish URLs. */
const DOCUMENTS = [
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-authorization-server',
  CLIENT_METADATA_PATH,
];
/** Never requested with GET in a session: it would end the session. */
const SIGN_OUT = '/logout';

/**
 * Follows every link of a running app from its start page, signed in and signed out, and every URL of the app that its
 * OAuth documents publish.
 *
 * @returns a line for each URL that does not exist or fails, with the page that names it
 */
export async function crawl(appUrl: string): Promise<string[]> {
  // The document of the copy: its redirect URIs differ by feature.
  const document = (await (await fetch(`${appUrl}${CLIENT_METADATA_PATH}`)).json()) as {
    redirect_uris: string[];
  };
  // A connection, so that there is a client to look at.
  const redirectUrl = document.redirect_uris[0];
  const options = { account: 'ada', registration: 'cimd', era: 'auto', redirectUrl } as const;
  const client = await ScriptedClient.connect({ url: `${appUrl}/mcp`, ...options });
  await client.client.listTools();
  const broken: string[] = [];
  for (const session of [openPages(appUrl), await signInToPages(appUrl, 'ada')])
    broken.push(...(await crawlPages(appUrl, session)), ...(await checkDocuments(appUrl, session)));
  await client.close();
  return [...new Set(broken)];
}

async function crawlPages(appUrl: string, session: PageSession): Promise<string[]> {
  const broken: string[] = [];
  const seen = new Map([['/', 'the start']]);
  for (const [path, from] of seen) {
    const response = await session.request(path);
    if (isBroken(response)) broken.push(`${response.status} ${path}, named by ${from}`);
    const location = response.headers.get('location');
    const text = await response.text();
    const html = response.headers.get('content-type')?.includes('text/html');
    const named = [
      ...(location === null ? [] : [location]),
      ...(html ? [...text.matchAll(/\s(?:href|src|action)="([^"]*)"/g)].map(([, url = '']) => url) : []),
    ];
    for (const url of named) {
      const target = pathAt(url.replaceAll('&amp;', '&'), path, appUrl);
      if (target !== undefined && !target.startsWith(SIGN_OUT) && !seen.has(target)) seen.set(target, path);
    }
  }
  return broken;
}

async function checkDocuments(appUrl: string, session: PageSession): Promise<string[]> {
  const broken: string[] = [];
  for (const path of DOCUMENTS) {
    const response = await session.request(path, { headers: { accept: 'application/json' } });
    if (!response.ok) {
      broken.push(`${response.status} ${path}`);
      continue;
    }
    const published = Object.values((await response.json()) as Record<string, unknown>).flat();
    for (const url of published) {
      const target = typeof url === 'string' ? pathAt(url, path, appUrl) : undefined;
      if (target === undefined || !/^https?:/.test(String(url))) continue;
      const answer = await session.request(target);
      await answer.body?.cancel();
      if (isBroken(answer)) broken.push(`${answer.status} ${target}, published by ${path}`);
    }
  }
  return broken;
}

/** 404 is a URL that does not exist; what answers only another method or needs parameters does exist. */
function isBroken({ status }: Response): boolean {
  return status === 404 || status >= 500;
}

/** The path and query of a URL of the app; undefined for any other. */
function pathAt(url: string, base: string, appUrl: string): string | undefined {
  const parsed = URL.parse(url, `${appUrl}${base}`);
  if (parsed === null) return undefined;
  const own = parsed.origin === appUrl || parsed.host === RESERVED_CLIENT_HOST;
  return own ? parsed.pathname + parsed.search : undefined;
}
