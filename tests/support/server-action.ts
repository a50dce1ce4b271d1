import { readFileSync } from 'node:fs';
import { APP_UNDER_TEST } from './app-under-test.ts';
import type { PageSession } from './page-session.ts';

/** Ids of the Server Actions of the app under test, by exported name. The app has to be built. */
export function serverActionIds(): ReadonlyMap<string, string> {
  const manifest: { node: Record<string, { exportedName: string }> } = JSON.parse(
    readFileSync(`${APP_UNDER_TEST}/.next/server/server-reference-manifest.json`, 'utf8'),
  );
  return new Map(Object.entries(manifest.node).map(([id, { exportedName }]) => [exportedName, id]));
}

/**
 * Calls a Server Action as the script of a page does.
 *
 * @param call.origin - value of `Origin`; undefined sends none
 * @param call.headers - added, or replacing the others
 */
export async function callServerAction(
  pages: PageSession,
  call: {
    path: string;
    action: string;
    args: readonly unknown[];
    origin: string | undefined;
    headers?: Record<string, string>;
  },
): Promise<{ status: number; headers: Headers; text: string }> {
  const id = serverActionIds().get(call.action);
  if (id === undefined) throw new Error(`There is no Server Action ${call.action}`);
  const response = await pages.request(call.path, {
    method: 'POST',
    headers: {
      'next-action': id,
      'content-type': 'text/plain;charset=UTF-8',
      ...(call.origin !== undefined && { origin: call.origin }),
      ...call.headers,
    },
    body: JSON.stringify(call.args),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/**
 * What a Server Action returned, as the text of its row in the answer: JSON, or `E{…}` for an error. The other rows are the
 * page that is rendered again, whose text may contain anything.
 *
 * @returns undefined when the answer contains no result of an action
 */
export function actionResult(answer: string): string | undefined {
  const row = /^0:\{"a":"\$@([0-9a-f]+)"/m.exec(answer)?.[1];
  return row === undefined ? undefined : new RegExp(`^${row}:(.*)$`, 'm').exec(answer)?.[1];
}
