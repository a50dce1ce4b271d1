import { activityRow, type CallRecord, seenConnections } from '../../../lib/connections/activity-rows.ts';
import { writeActivity } from '../../../lib/connections/activity-write.ts';
import { openDatabase } from '../../../lib/db/connection.ts';
import { startPostgres } from '../../support/postgres.ts';
import { load } from '../load.ts';
import { whoami } from '../requests.ts';
import { identity, inTurn } from '../tokens.ts';
import type { Figure, Measuring } from './workload.ts';

/** Calls of each instance before anything is counted. */
const WARM_UP = 5_000;
/** Clients that call in turn. Each calls so often that the instances add up its calls, and not so often as to be refused. */
const CLIENTS = 300;
const CALLS_PER_MINUTE = '300';
const SECONDS = 10;
const INSTANCES = [1, 2, 3];
/** How many instances are reckoned with. */
const MODELLED = [10, 100];
/** How many instances write at the same time without a pause, to find what PostgreSQL can take. */
const WRITERS = [1, 3, 10, 30];
/** Clients whose calls they write. Those of the same client wait for each other: its row is locked. */
const WRITTEN_CLIENTS = 20_000;
/** Calls that one instance writes at a time under full load. */
const BATCH = 300;

/** How PostgreSQL knows the statements of the app that are asked under load. */
const STATEMENTS = {
  write: { name: 'write calls', pattern: 'with inserted as%' },
  read: { name: 'read revocations', pattern: 'select%from "denials"%' },
  limits: { name: 'add up limits', pattern: 'insert into limit_counts%' },
} as const;

/** What some instances asked of PostgreSQL in {@link SECONDS}. */
type Asked = {
  perSecond: number;
  p99Ms: number;
  written: number;
  costs: Record<keyof typeof STATEMENTS, { name: string; count: number; totalMs: number }>;
};

/**
 * What one to three instances ask of one PostgreSQL that waits for its disk, how many calls it can record at most, and
 * what more instances would ask, reckoned from that.
 */
export const instances: Measuring = {
  name: 'instances',
  async measure(stage) {
    const postgres = await startPostgres(['pg_stat_statements'], 'on');
    const database = await postgres.createDatabase();
    const ask = async (text: string) => (await postgres.query(database, text))[0] ?? {};
    const costOf = async ({ name, pattern }: { name: string; pattern: string }) => {
      const { count, total } = await ask(
        `select sum(calls) as count, sum(total_exec_time) as total
         from pg_stat_statements where query ilike '${pattern}'`,
      );
      return { name, count: Number(count), totalMs: Number(total) };
    };
    const recorded = async () => Number((await ask('select count(*) as calls from activity')).calls);
    await ask('create extension pg_stat_statements');

    const env = { DATABASE_URL: database, MCP_CALLS_PER_MINUTE: CALLS_PER_MINUTE };
    const apps = [];
    try {
      for (const number of INSTANCES) apps.push(await stage.launchApp(`instance-${number}`, env));
      for (const app of apps) await app.until('/health/ready');
      const token = inTurn(await stage.tokens(CLIENTS));
      const calls = apps.map((app) => whoami('instances', app, { token }));
      for (const call of calls) await load(call, { requests: WARM_UP });
      const asked: Asked[] = [];
      for (const count of INSTANCES) {
        const before = await recorded();
        await ask('select pg_stat_statements_reset()');
        const readings = await Promise.all(
          calls.slice(0, count).map((call) => load(call, { seconds: SECONDS })),
        );
        asked.push({
          perSecond: readings.reduce((total, { perSecond }) => total + perSecond, 0),
          p99Ms: Math.max(...readings.map(({ latencyP99Ms }) => latencyP99Ms)),
          costs: {
            write: await costOf(STATEMENTS.write),
            read: await costOf(STATEMENTS.read),
            limits: await costOf(STATEMENTS.limits),
          },
          written: (await recorded()) - before,
        });
      }
      const unasked = Object.values(asked.at(-1)?.costs ?? {}).find(({ count }) => count === 0);
      if (unasked) throw new Error(`PostgreSQL was not asked to ${unasked.name}`);
      const { bytes } = await ask(`select pg_total_relation_size('activity') as bytes`);
      const total = await recorded();
      return [
        ...asked.flatMap((each, index) => figuresOf(INSTANCES[index] ?? 0, each)),
        { name: 'a recorded call on disk', value: Number(bytes) / total, unit: 'bytes' },
        ...modelled(asked),
        ...(await capacity(database, stage.issuer.url)),
      ];
    } finally {
      for (const app of apps) await app.stop();
      await postgres.close();
    }
  },
};

function figuresOf(instances: number, { perSecond, p99Ms, costs, written }: Asked): Figure[] {
  const label = `${instances} ${instances === 1 ? 'instance' : 'instances'}`;
  return [
    { name: `${label}, calls`, value: perSecond, unit: 'calls/s' },
    { name: `${label}, 99th percentile`, value: p99Ms, unit: 'ms' },
    { name: `${label}, to record one call, of PostgreSQL`, value: costs.write.totalMs / written, unit: 'ms' },
    ...Object.values(costs).flatMap(({ name, count, totalMs }): Figure[] => [
      { name: `${label} ${name}`, value: count / SECONDS, unit: 'statements/s' },
      { name: `${label} ${name}, one statement`, value: count === 0 ? 0 : totalMs / count, unit: 'ms' },
    ]),
  ];
}

/** Reckons with the cost of a call that the most instances showed, and the rate that one alone had. */
function modelled(asked: readonly Asked[]): Figure[] {
  const [alone, most] = [asked.at(0), asked.at(-1)];
  if (alone === undefined || most === undefined) return [];
  const writeMs = most.costs.write.totalMs / most.written;
  const otherMs = (most.costs.read.totalMs + most.costs.limits.totalMs) / SECONDS / asked.length;
  const busy = (alone.perSecond * writeMs + otherMs) / 1000;
  return [
    ...MODELLED.map((count): Figure => {
      return { name: `${count} instances, sessions of PostgreSQL that work`, value: count * busy, unit: '' };
    }),
    { name: 'instances that keep one session of PostgreSQL at work', value: 1 / busy, unit: '' },
  ];
}

/** How many calls a second PostgreSQL records at most, for more and more instances that write without a pause. */
async function capacity(url: string, issuer: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const writers of WRITERS) {
    const pools = await Promise.all(
      Array.from({ length: writers }, () => openDatabase({ kind: 'postgres', url })),
    );
    let next = 0;
    let written = 0;
    const startedAt = performance.now();
    const until = startedAt + SECONDS * 1000;
    await Promise.all(
      pools.map(async ({ db }) => {
        while (performance.now() < until) {
          const batch = Array.from({ length: BATCH }, () => recordOf(next++ % WRITTEN_CLIENTS, issuer)).map(
            (record) => ({ record, row: activityRow(record) }),
          );
          await writeActivity(
            db,
            batch.map(({ row }) => row),
            seenConnections(batch),
          );
          written += batch.length;
        }
      }),
    );
    const perSecond = written / ((performance.now() - startedAt) / 1000);
    figures.push({ name: `${writers} at a time, recorded at most`, value: perSecond, unit: 'calls/s' });
    await Promise.all(pools.map(({ close }) => close()));
  }
  return figures;
}

function recordOf(index: number, issuer: string): CallRecord {
  const now = new Date();
  const seconds = now.getTime() / 1000;
  return {
    caller: {
      ...identity(index),
      issuer,
      sessionId: undefined,
      organizationId: undefined,
      scopes: new Set(['openid', 'profile']),
      hasScopeClaim: true,
      permissions: new Set(),
      issuedAt: seconds,
      expiresAt: seconds + 300,
    },
    at: now,
    method: 'tools/call',
    tool: 'whoami',
    outcome: 'allowed',
    durationMs: 1,
  };
}
