import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { HttpError } from './http-error.ts';

export type FormTokens = {
  /** The value of the hidden field `form_token`, bound to this browser by a cookie. */
  issue(ctx: Context): string;
  /** @throws {HttpError} when the form was not issued by us to this browser */
  check(ctx: Context, form: URLSearchParams): void;
};

/** Protects the forms from requests of other sites and of other apps on this machine. */
export function formTokens(secret: string, cookieName: string, origin: string): FormTokens {
  const tokenFor = (id: string) => createHmac('sha256', secret).update(id).digest('base64url');
  return {
    issue(ctx) {
      const id = ctx.cookies.get(cookieName) ?? randomBytes(24).toString('base64url');
      ctx.cookies.set(cookieName, id, { httpOnly: true, sameSite: 'lax' });
      return tokenFor(id);
    },
    check(ctx, form) {
      const sender = ctx.get('origin');
      const id = ctx.cookies.get(cookieName);
      const given = Buffer.from(form.get('form_token') ?? '');
      const expected = Buffer.from(tokenFor(id ?? ''));
      const genuine = given.length === expected.length && timingSafeEqual(given, expected);
      if (id === undefined || !genuine || (sender !== '' && sender !== origin))
        throw new HttpError(403, 'form_expired', 'This form has expired. Go back and start again.');
    },
  };
}
