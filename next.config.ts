import type { NextConfig } from 'next';
import {
  PRECOMPRESSED_HEADERS,
  PRECOMPRESSED_REWRITES,
  precompressChunks,
} from './lib/server/precompressed-chunks.ts';
import { headerRules } from './lib/server/security-headers.ts';

/** Vercel keeps no files, so the embedded database can be of no use there; its 20 MB would be in every function. */
const onVercel = Boolean(process.env.VERCEL);

/** Vercel compresses by itself, and `next dev` makes its scripts as it goes. */
const precompress = !onVercel && process.env.NODE_ENV === 'production';

const nextConfig: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `next dev` prints the URL of every request and the arguments of every Server Action: these can contain an
  // authorization code or a client secret.
  logging: { incomingRequests: { ignore: [/\/callback\?/] }, serverFunctions: false },
  typedRoutes: true,
  // For an image: the server with the files it needs and no others. Not always, because `next start` warns of it.
  ...(process.env.BUILD_OUTPUT === 'standalone' && { output: 'standalone' }),
  // PGlite loads its WebAssembly and data files by path, and pg resolves optional native parts at run time.
  serverExternalPackages: onVercel ? ['pg'] : ['@electric-sql/pglite', 'pg'],
  turbopack: onVercel ? { resolveAlias: { '@electric-sql/pglite': './lib/db/no-pglite.ts' } } : {},
  // The optimiser of next/image, 20 MB: no page uses it.
  outputFileTracingExcludes: { '**': ['node_modules/sharp/**', 'node_modules/@img/**'] },
  ...(precompress && {
    compiler: { runAfterProductionCompile: ({ distDir }) => precompressChunks(distDir) },
    rewrites: async () => ({ beforeFiles: PRECOMPRESSED_REWRITES, afterFiles: [], fallback: [] }),
  }),
  headers: async () => [...(await headerRules()), ...(precompress ? PRECOMPRESSED_HEADERS : [])],
};

export default nextConfig;
