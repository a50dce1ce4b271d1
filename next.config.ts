import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { NextConfig } from 'next';
import {
  PRECOMPRESSED_HEADERS,
  PRECOMPRESSED_REWRITES,
  precompressChunks,
} from './lib/server/precompressed-chunks.ts';
import { headerRules } from './lib/server/security-headers.ts';

/** Vercel keeps no files, so the embedded database is useless there, and its 20 MB would be in every function. */
const onVercel = Boolean(process.env.VERCEL);

/** A production build that serves its own scripts. Vercel compresses by itself, and `next dev` builds on demand. */
const served = !onVercel && process.env.NODE_ENV === 'production';

// `next start` reads this file first. What it loads from then on is compiled once for all later starts.
if (served) enableCompileCache(join(import.meta.dirname, '.next/cache/compile'));

const nextConfig: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `next dev` prints the URL of every request and the arguments of every Server Action: these can contain an
  // authorization code or a client secret.
  logging: { incomingRequests: { ignore: [/\/callback\?/] }, serverFunctions: false },
  // `next dev` refuses its own scripts to other origins. Behind a tunnel, pages have that of APP_URL.
  allowedDevOrigins: URL.canParse(process.env.APP_URL ?? '')
    ? [new URL(process.env.APP_URL ?? '').hostname]
    : [],
  typedRoutes: true,
  // Next would load every page when a process starts, while the first call to /mcp waits.
  experimental: { preloadEntriesOnStart: false },
  // For an image: the server with only the files it needs. `next start` warns about it, so it is not the default.
  ...(process.env.BUILD_OUTPUT === 'standalone' && { output: 'standalone' }),
  // PGlite loads its WebAssembly and data files by path, and pg resolves optional native modules at run time.
  serverExternalPackages: onVercel ? ['pg'] : ['@electric-sql/pglite', 'pg'],
  turbopack: onVercel ? { resolveAlias: { '@electric-sql/pglite': './lib/db/no-pglite.ts' } } : {},
  // The image optimizer of next/image, 20 MB, which no page uses.
  outputFileTracingExcludes: { '**': ['node_modules/sharp/**', 'node_modules/@img/**'] },
  ...(served && {
    compiler: { runAfterProductionCompile: ({ distDir }) => precompressChunks(distDir) },
    rewrites: async () => ({ beforeFiles: PRECOMPRESSED_REWRITES, afterFiles: [], fallback: [] }),
  }),
  headers: async () => [...(onVercel ? headerRules() : []), ...(served ? PRECOMPRESSED_HEADERS : [])],
};

export default nextConfig;
