import type { Config } from '#lib/config/env.ts';
import { route } from '#lib/config/route.ts';

/** Redirect URI of the inspector's sign-in; `lib/config/pages.ts` publishes it. */
export function inspectorCallbackUrl({ appUrl }: Pick<Config, 'appUrl'>): string {
  return `${appUrl}${route('/inspector/callback')}`;
}
