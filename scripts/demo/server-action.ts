import type { PageSession } from './page-session.ts';

/**
 * The id of a Server Action that a page imports, from the scripts of the page.
 *
 * @param html - the page
 * @param name - name of the exported function
 * @returns the value of the `next-action` header; undefined when the page does not import that action
 */
export async function serverActionId(
  pages: PageSession,
  html: string,
  name: string,
): Promise<string | undefined> {
  const paths = new Set([...html.matchAll(/\/_next\/static\/[^"\\]+\.js/g)].map(([path]) => path));
  const scripts = await Promise.all([...paths].map(async (path) => (await pages.request(path)).text()));
  return new RegExp(`"([0-9a-f]{42})"[^)]*"${name}"`).exec(scripts.join('\n'))?.[1];
}
