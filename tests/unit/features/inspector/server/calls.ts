import type { CallEvent } from '#features/inspector/call-messages.ts';
import { prepareCall } from '#features/inspector/server/call-server.ts';
import type { InspectorContext } from '#features/inspector/server/context.ts';
import { parseConfig } from '#lib/config/env.ts';
import { guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';

/** A person on a loopback deployment, without a session at any server. */
export const context: InspectorContext = {
  config: parseConfig({
    APP_URL: 'http://localhost:3000',
    AUTHKIT_DOMAIN: 'http://localhost:3001',
    WORKOS_API_KEY: 'sk_test',
    WORKOS_CLIENT_ID: 'client_test',
    WORKOS_COOKIE_PASSWORD: 'kZ3v9Qw1xY7bT5nR8mC2dF6gH4jL0pSa',
  }),
  fetch: guardedFetch,
  database: () => Promise.reject(new Error('No request here refreshes tokens.')),
  user: {
    id: 'user_ada',
    email: 'ada@example.com',
    firstName: undefined,
    lastName: undefined,
    organizationId: undefined,
    role: undefined,
    permissions: [],
  },
  cookies: {
    get: () => undefined,
    getAll: () => [],
    has: () => false,
    set: () => {},
  } as unknown as InspectorContext['cookies'],
};

/** Begins a request; `next` resolves with the next event of a type, those before included. */
export async function begin(request: Parameters<typeof prepareCall>[1]) {
  const seen: CallEvent[] = [];
  let wake = Promise.withResolvers<void>();
  const run = await prepareCall(context, request, (event) => {
    seen.push(event);
    wake.resolve();
    wake = Promise.withResolvers();
  });
  const abort = new AbortController();
  const ended = run(abort.signal);
  return {
    abort,
    ended,
    async next<Type extends CallEvent['type']>(type: Type): Promise<Extract<CallEvent, { type: Type }>> {
      for (;;) {
        const found = seen.find((event) => event.type === type);
        if (found) return found as Extract<CallEvent, { type: Type }>;
        await wake.promise;
      }
    },
  };
}
