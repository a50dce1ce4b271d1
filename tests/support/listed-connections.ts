import type { PageSession } from './page-session.ts';

/** The ids of the connections that the list shows a person, in any state; of one app the 50 that were used last. */
export async function listedConnections(pages: PageSession): Promise<string[]> {
  const html = await (await pages.request('/clients?show=all')).text();
  const folded = [...html.matchAll(/href="(\/clients\?[^"#]*open=[^"#]*)/g)].map(([, path = '']) =>
    path.replaceAll('&amp;', '&'),
  );
  const unfolded = await Promise.all(folded.map(async (path) => (await pages.request(path)).text()));
  const links = [html, ...unfolded].flatMap((text) => [...text.matchAll(/href="\/clients\/([\w-]{22})"/g)]);
  return [...new Set(links.map(([, id = '']) => id))];
}
