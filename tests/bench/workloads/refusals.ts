import { whoami } from '../requests.ts';
import { badToken } from '../tokens.ts';
import type { Workload } from './workload.ts';

/** What those cost who may not call. */
export const refusals: Workload = {
  name: 'refusals',
  async variants(stage) {
    const [good = ''] = await stage.tokens(1);
    const [app, limited] = [await stage.app(), await stage.appWithFloodLimit()];
    let number = 0;
    const another = () => badToken(good, number++);
    const refused = { status: [401], contains: 'error' };
    return [
      whoami('a call that is served', app, { token: () => good }),
      whoami('no token', app, refused),
      whoami('the same bad token', app, { ...refused, token: () => badToken(good, 0) }),
      whoami('a flood of different bad tokens', app, { ...refused, token: another }),
      // Sixty in each minute are looked at, the others are not.
      whoami('the same flood beyond its limit', limited, {
        status: [429, 401],
        contains: 'error',
        token: another,
      }),
    ];
  },
};
