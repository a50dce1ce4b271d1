import type { NextConfig } from 'next';

const nextConfig: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: true,
  // PGlite loads its WebAssembly and data files by path, and pg resolves optional native parts at run time.
  serverExternalPackages: ['@electric-sql/pglite', 'pg'],
};

export default nextConfig;
