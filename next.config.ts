import type { NextConfig } from 'next';
import { headersOfEverything } from './lib/net/security-headers.ts';

const nextConfig: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: true,
  // PGlite loads its WebAssembly and data files by path, and pg resolves optional native parts at run time.
  serverExternalPackages: ['@electric-sql/pglite', 'pg'],
  headers: async () => headersOfEverything(),
};

export default nextConfig;
