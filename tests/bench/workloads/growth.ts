import { openDatabase } from '../../../lib/db/connection.ts';
import { seedConnections } from '../../support/seed-connections.ts';
import { load } from '../load.ts';
import { message, whoami } from '../requests.ts';
import type { Stage } from '../stage.ts';
import { identity, inTurn } from '../tokens.ts';
import type { Workload } from './workload.ts';

async function seeded(stage: Stage, count: number): Promise<void> {
  const { db, close } = await openDatabase({ kind: 'postgres', url: await stage.appDatabase() });
  const owners = Array.from({ length: count }, (_, index) => ({
    issuer: stage.issuer.url,
    ...identity(index),
  }));
  await seedConnections(db, owners, 0);
  await close();
}

/**
 * Calls by more and more connections in turn, all of them in the database. Each has called once before: the signature of
 * a token is verified when it comes for the first time, which is measured by the refusals of tokens that are all new.
 */
export const connections: Workload = {
  name: 'connections',
  async variants(stage, scale) {
    const tokens = await stage.tokens(scale.connections);
    await seeded(stage, scale.connections);
    const app = await stage.app();
    const variants = [1, 1000, scale.connections].map((count) =>
      whoami(`${count} in turn`, app, { token: inTurn(tokens.slice(0, count)) }),
    );
    await load(whoami('each once', app, { token: inTurn(tokens) }), { requests: scale.connections });
    return variants;
  },
};

const COUNTS = [5, 50, 200];

/** A call of one of more and more tools. */
export const tools: Workload = {
  name: 'tools',
  async variants(stage) {
    const [good] = await stage.tokens(1);
    const app = await stage.app();
    return COUNTS.map((count) =>
      whoami(`tools/call with ${count} tools`, app, {
        path: `/oauth/bench/tools/${count}`,
        token: () => good,
      }),
    );
  },
};

/** The list of more and more tools. */
export const lists: Workload = {
  name: 'lists',
  async variants(stage) {
    const [good] = await stage.tokens(1);
    const app = await stage.app();
    return COUNTS.map((count) =>
      whoami(`tools/list with ${count} tools`, app, {
        path: `/oauth/bench/tools/${count}`,
        ...message('2026-07-28', 'tools/list'),
        contains: `filler_${count - 2}`,
        token: () => good,
      }),
    );
  },
};
