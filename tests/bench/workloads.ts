import type { Variant } from './load.ts';
import { type Era, message } from './requests.ts';

export type Workload = {
  name: string;
  connections?: number;
  /** The first one is what the others are compared with. */
  variants: Variant[];
};

/** Everything that is measured, against one server with these tokens. */
export function workloads(url: string, tokens: readonly string[]): Workload[] {
  const one = tokens.slice(0, 1);
  const call = (era: Era, path: string, name: string): Variant => ({
    name,
    url: `${url}${path}`,
    ...message(era, 'tools/call', 'whoami'),
    tokens: one,
    status: 200,
    contains: path === '/oauth/bench/constant' ? 'constant' : 'structuredContent',
  });
  const eras: Workload[] = (['2026-07-28', '2025-11-25'] as const).map((era) => ({
    name: `tools/call, ${era}`,
    variants: [
      call(era, '/mcp', 'this server'),
      call(era, '/oauth/bench/open', 'the same without authentication'),
      call(era, '/oauth/bench/constant', 'a constant Next route'),
      call(era, '/oauth/bench/mcp-handler/2', 'mcp-handler, 2 tools'),
      call(era, '/oauth/bench/mcp-handler/8', 'mcp-handler, 8 tools'),
      call(era, '/oauth/bench/better-auth', '@better-auth/mcp, 2 tools'),
    ],
  }));
  const app = call('2026-07-28', '/mcp', 'authenticated call');
  const refused = { status: 401, contains: 'error', headers: app.headers ?? {} };
  const document = (path: string): Variant => ({
    name: `GET ${path}`,
    url: `${url}${path}`,
    method: 'GET',
    status: 200,
    contains: '"',
  });
  const many = (count: number): Variant => ({
    ...app,
    name: `${count} connections`,
    tokens: tokens.slice(0, count),
  });
  const withTools = (count: number, method: 'tools/call' | 'tools/list'): Variant => ({
    ...app,
    ...message('2026-07-28', method, method === 'tools/call' ? 'whoami' : undefined),
    name: `${method} with ${count} tools`,
    url: `${url}/oauth/bench/tools/${count}`,
    contains: 'whoami'.slice(0, method === 'tools/list' ? 6 : 0),
  });
  return [
    ...eras,
    {
      name: 'refusals',
      variants: [
        app,
        { ...refused, name: '401 without token', url: app.url, body: app.body ?? '' },
        {
          ...refused,
          name: '401 for a bad token',
          url: app.url,
          body: app.body ?? '',
          tokens: [`${one[0]}x`],
        },
      ],
    },
    {
      name: 'documents',
      variants: [
        document('/.well-known/oauth-protected-resource/mcp'),
        document('/oauth/client-metadata.json'),
      ],
    },
    { name: 'distinct connections', variants: [many(1), many(1000), many(tokens.length)] },
    { name: 'tools', variants: ([5, 50, 200] as const).map((count) => withTools(count, 'tools/call')) },
    { name: 'lists', variants: ([5, 50, 200] as const).map((count) => withTools(count, 'tools/list')) },
    { name: '1 connection', connections: 1, variants: [app] },
    { name: '128 connections', connections: 128, variants: [app] },
  ];
}
