import type { Instrumentation } from 'next';

/** Next calls this once, before the first request is handled. */
export async function register(): Promise<void> {
  // Next replaces this constant at build time, so its other bundle contains no Node modules.
  if (process.env.NEXT_RUNTIME === 'nodejs') await (await import('./instrumentation-node.ts')).start();
}

/** Next calls this when a page, an action or a route handler throws; the page shows the same digest. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  (await import('./instrumentation-node.ts')).reportFailure(error, request.method, context.routePath);
};
