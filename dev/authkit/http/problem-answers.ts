import { type KoaContextWithOIDC as Context, errors } from 'oidc-provider';
import { errorPage } from '../pages/message.ts';
import { sendPage } from '../pages/send.ts';
import { Problem } from './problem.ts';

/** Answers refusals with a page for people and JSON, as the WorkOS API has it, for programs. */
export async function problemAnswers(ctx: Context, next: () => Promise<unknown>): Promise<void> {
  try {
    await next();
    if (ctx.status === 404 && ctx.body == null)
      throw new Problem(404, 'not_found', 'There is nothing at this address.');
  } catch (error) {
    const { status, code, message } = problemOf(error);
    if (status === 500) console.error('local AuthKit: unexpected error', error);
    if (ctx.accepts('json', 'html') === 'html')
      return sendPage(ctx, errorPage({ code, text: message, status }));
    ctx.status = status;
    ctx.body = { code, message };
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof errors.OIDCProviderError && error.expose)
    return new Problem(error.statusCode, error.error, error.error_description ?? error.message);
  return new Problem(500, 'server_error', 'Something unexpected happened; the terminal has the details.');
}
