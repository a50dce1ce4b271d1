import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Runs test files of every suite that need no built app. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: {
    alias: {
      'server-only': fileURLToPath(new URL('../../node_modules/server-only/empty.js', import.meta.url)),
    },
  },
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    restoreMocks: true,
    unstubEnvs: true,
    maxWorkers: 1,
  },
});
