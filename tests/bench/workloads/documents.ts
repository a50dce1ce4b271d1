import type { Variant } from '../load.ts';
import type { Measured } from '../measured-process.ts';
import type { Workload } from './workload.ts';

const get = (name: string, server: Measured, path: string, contains: string): Variant => ({
  name,
  server,
  path,
  method: 'GET',
  status: [200],
  contains,
});

/** What clients read before they have a token. */
export const documents: Workload = {
  name: 'documents',
  async variants(stage) {
    const app = await stage.app();
    return [
      get('a constant Next route', app, '/oauth/bench/constant', 'constant'),
      get(
        'protected resource metadata',
        app,
        '/.well-known/oauth-protected-resource/mcp',
        'authorization_servers',
      ),
      get('client metadata document', app, '/oauth/client-metadata.json', 'redirect_uris'),
    ];
  },
};
