import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { HttpError } from './http-error.ts';

const MAX_BYTES = 64 * 1024;

/** @throws {HttpError} unless the body is a form of at most 64 KiB */
export async function readForm(ctx: Context): Promise<URLSearchParams> {
  if (!ctx.is('application/x-www-form-urlencoded'))
    throw new HttpError(415, 'unsupported_media_type', 'Send a form.');
  return new URLSearchParams(await readText(ctx));
}

/** The body as an object, from JSON or from a form. @throws {HttpError} */
export async function readObject(ctx: Context): Promise<Record<string, unknown>> {
  if (ctx.is('application/x-www-form-urlencoded')) return Object.fromEntries(await readForm(ctx));
  if (!ctx.is('application/json')) throw new HttpError(415, 'unsupported_media_type', 'Send JSON or a form.');
  try {
    const value: unknown = JSON.parse(await readText(ctx));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (error) {
    if (error instanceof HttpError) throw error;
  }
  throw new HttpError(400, 'invalid_request', 'The body is not a JSON object.');
}

async function readText(ctx: Context): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new HttpError(413, 'too_large', 'The body is larger than 64 KiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
