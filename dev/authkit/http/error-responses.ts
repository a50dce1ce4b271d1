import { type KoaContextWithOIDC as Context, errors } from 'oidc-provider';
import { errorPage } from '../pages/message.ts';
import { sendPage } from '../pages/send.ts';
import { HttpError } from './http-error.ts';

/** Responds to errors with a page for people, and with JSON in the format of the WorkOS API for programs. */
export async function errorResponses(ctx: Context, next: () => Promise<unknown>): Promise<void> {
  try {
    await next();
    if (ctx.respond !== false && ctx.status === 404 && ctx.body == null)
      throw new HttpError(404, 'not_found', 'Page not found.');
  } catch (error) {
    const { status, code, message } = asHttpError(error);
    if (status === 500) console.error('local AuthKit: unexpected error', error);
    if (ctx.accepts('json', 'html') === 'html')
      return sendPage(ctx, errorPage({ code, text: message, status }));
    ctx.status = status;
    ctx.body = { code, message };
  }
}

function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof errors.OIDCProviderError && error.expose)
    return new HttpError(error.statusCode, error.error, described(error));
  return new HttpError(500, 'server_error', 'Something went wrong. The terminal has the details.');
}

function described({ error_description, message }: errors.OIDCProviderError): string {
  return (error_description ?? message).replace('redirect_uri did not match', 'redirect_uri does not match');
}
