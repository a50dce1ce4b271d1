import { load } from '../load.ts';
import type { Sample } from '../probe.ts';
import { whoami } from '../requests.ts';
import { inTurn } from '../tokens.ts';
import type { Figure, Measuring } from './workload.ts';

const figures = (when: string, { residentMiB, heapMiB }: Sample): Figure[] => [
  { name: `resident memory ${when}`, value: residentMiB, unit: 'MiB' },
  { name: `objects on the heap ${when}, collected`, value: heapMiB, unit: 'MiB' },
];

/** Connections that call in turn. */
const CONNECTIONS = 1000;

/** What a server of its own holds after its start, after a quarter of the calls, after all of them, and after many clients. */
export const memory: Measuring = {
  name: 'memory',
  async measure(stage, scale) {
    const tokens = await stage.tokens(Math.max(scale.connections, CONNECTIONS));
    const database = await (await stage.postgres()).createDatabase();
    const app = await stage.launchApp('memory', { DATABASE_URL: database });
    try {
      await app.until('/health/ready');
      const call = whoami('memory', app, { token: inTurn(tokens.slice(0, CONNECTIONS)) });
      const measured = figures('after the start', await app.sample(true));
      const quarter = Math.round(scale.calls / 4);
      await load(call, { requests: quarter });
      const early = await app.sample(true);
      await load(call, { requests: scale.calls - quarter });
      const late = await app.sample(true);
      await load({ ...call, token: inTurn(tokens) }, { requests: tokens.length });
      const many = await app.sample(true);
      return [
        ...measured,
        ...figures(`after ${quarter} calls`, early),
        ...figures(`after ${scale.calls} calls`, late),
        ...figures(`after a call of each of ${tokens.length} connections`, many),
        { name: 'resident memory, late to early', value: late.residentMiB / early.residentMiB, unit: '×' },
        { name: 'objects on the heap, late to early', value: late.heapMiB / early.heapMiB, unit: '×' },
      ];
    } finally {
      await app.stop();
    }
  },
};
