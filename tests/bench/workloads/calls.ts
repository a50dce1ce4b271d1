import type { Variant } from '../load.ts';
import { type Era, whoami } from '../requests.ts';
import type { Workload } from './workload.ts';

/** The same from a client that accepts compressed answers, as most do. */
const acceptingGzip = (variant: Variant): Variant => ({
  ...variant,
  headers: { ...variant.headers, 'accept-encoding': 'gzip, deflate' },
});

/** One call of one tool: this server, what it stands on, and its peers, each verifying the same token. */
function calls(name: string, era: Era): Workload {
  return {
    name,
    async variants(stage) {
      const [good] = await stage.tokens(1);
      const [app, bare, mcpUse] = [await stage.app(), await stage.bareHttp(), await stage.mcpUse()];
      const signed = { era, token: () => good };
      const bench = (path: string) => ({ ...signed, path: `/oauth/bench/${path}` });
      return [
        whoami('this server', app, signed),
        whoami('the same without authentication', app, bench('open')),
        whoami('the tool alone', app, bench('tool-alone')),
        whoami('a constant Next route', app, { ...bench('constant'), contains: 'constant' }),
        acceptingGzip(whoami('this server, gzip accepted', app, signed)),
        // Next compresses it, so its text is not there to be seen.
        acceptingGzip(
          whoami('a constant Next route, gzip accepted', app, { ...bench('constant'), contains: '' }),
        ),
        whoami('a constant route of an empty Next app', await stage.emptyApp(), {
          ...signed,
          path: '/constant',
          contains: 'constant',
        }),
        whoami('mcp-handler, 2 tools', app, bench('mcp-handler/2')),
        whoami('mcp-handler, 8 tools', app, bench('mcp-handler/8')),
        whoami('@better-auth/mcp, 2 tools', app, bench('better-auth')),
        whoami('mcp-use, 2 tools, no Next', mcpUse, signed),
        whoami('SDK and jose on node:http, 2 tools', bare, { ...signed, path: '/jose' }),
        whoami('SDK on node:http, no authentication', bare, { ...signed, path: '/open' }),
      ];
    },
  };
}

export const modernCalls = calls('call-2026', '2026-07-28');

export const olderCalls = calls('call-2025', '2025-11-25');

/** Clients that send at the same time. */
export const concurrency: Workload = {
  name: 'concurrency',
  async variants(stage) {
    const [good] = await stage.tokens(1);
    const app = await stage.app();
    return [16, 1, 128].map((connections) =>
      whoami(`${connections} at a time`, app, { token: () => good, connections }),
    );
  },
};

/** Where calls are recorded and revocations are read. */
export const databases: Workload = {
  name: 'databases',
  async variants(stage) {
    const [good] = await stage.tokens(1);
    const token = () => good;
    return [
      whoami('PostgreSQL', await stage.app(), { token }),
      whoami('PGlite', await stage.appOnPglite(), { token }),
    ];
  },
};
