import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import { type Route, route } from '../http/routes.ts';
import { styles } from './styles.ts';

const FONTS = join(import.meta.dirname, '../../../app/fonts');

/** The style sheet and the two fonts. */
export function assetRoutes(): Route[] {
  const sheet = styles();
  const font = (file: string) => {
    const bytes = readFileSync(join(FONTS, file));
    return (ctx: Context) => send(ctx, 'font/woff2', bytes);
  };
  return [
    route('GET', '/assets/authkit\\.css', (ctx) => send(ctx, 'text/css', sheet)),
    route('GET', '/assets/geist-sans\\.woff2', font('geist-latin.woff2')),
    route('GET', '/assets/geist-mono\\.woff2', font('geist-mono-latin.woff2')),
  ];
}

function send(ctx: Context, type: string, body: string | Buffer): void {
  ctx.type = type;
  ctx.set('cache-control', 'public, max-age=3600');
  ctx.set('x-content-type-options', 'nosniff');
  ctx.body = body;
}
