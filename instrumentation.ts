/** Next calls this once, before the first request is handled. */
export async function register(): Promise<void> {
  // Next replaces this constant when it builds, and leaves the Node modules out of the other bundle it makes.
  if (process.env.NEXT_RUNTIME === 'nodejs') await (await import('./instrumentation-node.ts')).start();
}
