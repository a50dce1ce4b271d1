import type Provider from 'oidc-provider';
import { browserSession, signOutBrowser } from '../http/browser-session.ts';
import { HttpError } from '../http/http-error.ts';
import { type Route, route } from '../http/routes.ts';
import { signedOutPage } from '../pages/message.ts';
import { sendPage } from '../pages/send.ts';
import type { PageSessions } from './sessions.ts';

/** `GET /user_management/sessions/logout`: ends the page session, and the browser's with it. */
export function logoutRoutes(provider: Provider, sessions: PageSessions, appUrl: string): Route[] {
  return [
    route('GET', '/user_management/sessions/logout', async (ctx) => {
      const query = new URLSearchParams(ctx.querystring);
      const returnTo = query.get('return_to');
      if (returnTo !== null && URL.parse(returnTo)?.origin !== appUrl)
        throw new HttpError(400, 'invalid_return_to', `The return_to is not an address of ${appUrl}.`);
      const ended = await sessions.end(query.get('session_id') ?? '');
      // Only a request that knows the session id signs the person out of this browser.
      const current = await browserSession(provider, ctx);
      if (ended !== undefined && current?.userId === ended.userId) await signOutBrowser(provider, ctx);
      if (returnTo === null) return sendPage(ctx, signedOutPage(appUrl));
      ctx.redirect(returnTo);
      ctx.status = 303;
    }),
  ];
}
