import { setTimeout as delay } from 'node:timers/promises';
import type { KoaContextWithOIDC as Context } from 'oidc-provider';

/** What a request meets instead of its answer. */
export type Fault = {
  /** Start of the path. */
  path: string;
  method?: string;
  /** How many requests meet it; all by default. */
  times?: number;
  /** Answer with this status, these headers and this body: an object as JSON, a text as HTML. */
  status?: number;
  headers?: Record<string, string>;
  body?: object | string;
  /** Never answer. */
  hang?: boolean;
  /** Close the connection without an answer. */
  reset?: boolean;
  /** Wait before anything else; without any of the above the request is then served. */
  delayMs?: number;
  /** Serve the request first, and then lose its answer. */
  after?: boolean;
};

export type Faults = {
  /** The newest one that matches counts. */
  add(fault: Fault): void;
  clear(): void;
  /** `METHOD path?query` of every request since the last `clear`, oldest first. */
  requests: string[];
  middleware(ctx: Context, next: () => Promise<unknown>): Promise<void>;
};

const MAX_REQUESTS = 10_000;

/** Makes requests fail as a test asks. Requests to `/_local` never do. */
export function openFaults(): Faults {
  const faults: Fault[] = [];
  const requests: string[] = [];

  function matching(ctx: Context): Fault | undefined {
    const fault = faults.findLast(
      ({ path, method = ctx.method, times = 1 }) =>
        times > 0 && ctx.path.startsWith(path) && method === ctx.method,
    );
    if (fault?.times !== undefined) fault.times--;
    return fault;
  }

  return {
    requests,
    add: (fault) => void faults.push(fault),
    clear() {
      faults.length = 0;
      requests.length = 0;
    },
    async middleware(ctx, next) {
      if (ctx.path.startsWith('/_local/')) return void (await next());
      requests.push(`${ctx.method} ${ctx.url}`);
      if (requests.length > MAX_REQUESTS) requests.shift();
      const fault = matching(ctx);
      if (fault === undefined) return void (await next());
      if (fault.delayMs !== undefined) await delay(fault.delayMs);
      const { status, headers = {}, body, hang, reset, after } = fault;
      if (after || (status === undefined && !hang && !reset)) await next();
      if (hang || reset) {
        // Koa would end the response.
        ctx.respond = false;
        if (reset) ctx.req.socket.destroy();
      } else if (status !== undefined) {
        ctx.status = status;
        ctx.set(headers);
        ctx.body = body ?? { message: 'This fault was asked for.' };
        if (typeof body === 'string') ctx.type = 'html';
      }
    },
  };
}
