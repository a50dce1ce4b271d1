import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../interleaved.ts';
import type { Variant } from '../load.ts';
import type { Measured } from '../measured-process.ts';
import { whoami } from '../requests.ts';
import type { Stage } from '../stage.ts';
import { buildForVercel } from '../vercel.ts';
import type { Figure, Measuring } from './workload.ts';

/** Time between two attempts: what the measured time may be too long by. */
const RETRY_MS = 5;
const DEADLINE_MS = 60_000;

/** A server to start, and the call that it has to answer. */
type Starting = { name: string; launch(): Promise<Measured>; call: Partial<Variant> };

/** What one start took. */
type Started = {
  /** Milliseconds from the start of the process to its first answer. */
  first: number;
  /** Milliseconds that the second call took. */
  second: number;
  /** Milliseconds of processor time until the first answer, all threads. */
  processor: number;
  /** Resident memory after two calls, MiB. */
  memory: number;
};

const UNITS = { first: 'ms', second: 'ms', processor: 'ms', memory: 'MiB' } as const;
const NAMES: Record<keyof Started, string> = {
  first: 'first answered call',
  second: 'second call',
  processor: 'processor time to the first answer',
  memory: 'resident memory after two calls',
};

async function startOnce(stage: Stage, { launch, call }: Starting): Promise<Started> {
  const [token] = await stage.tokens(1);
  const startedAt = performance.now();
  const server = await launch();
  const { path, body = '', headers, contains } = whoami('', server, call);
  const answered = () =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      body,
      headers: { ...headers, authorization: `Bearer ${token}` },
    }).then(
      async (response) => (await response.text()).includes(contains),
      () => false,
    );
  try {
    while (!(await answered())) {
      if (performance.now() - startedAt > DEADLINE_MS)
        throw new Error(`No call was answered ${DEADLINE_MS} ms after the start`);
      await delay(RETRY_MS);
    }
    const first = performance.now() - startedAt;
    const { cpuMs } = await server.sample();
    const calledAt = performance.now();
    await answered();
    const second = performance.now() - calledAt;
    return { first, second, processor: cpuMs, memory: (await server.sample()).residentMiB };
  } finally {
    await server.stop();
  }
}

function summary(name: string, measured: readonly number[], unit: Figure['unit']): Figure {
  const [low = 0, value = 0, high = 0] = [0.25, 0.5, 0.75].map((share) => quantile(measured, share));
  return { name, value, unit, between: [low, high] };
}

/**
 * From starting a process to its answers: this server, with a database that is there and with a new one, beside
 * mcp-handler and a constant route in an otherwise empty app. The starts take turns.
 */
export const start: Measuring = {
  name: 'start',
  async measure(stage, { rounds }) {
    const postgres = await stage.postgres();
    const kept = await postgres.createDatabase();
    const embedded = stage.pgliteDirectory();
    const own = (name: string, database: () => Promise<string> | string): Starting => ({
      name,
      launch: async () => stage.launchApp('start', { DATABASE_URL: await database() }),
      call: {},
    });
    const empty = (name: string, call: Partial<Variant>): Starting => ({
      name,
      launch: stage.launchEmptyApp,
      call,
    });
    const reference = empty('mcp-handler, 8 tools', { path: '/mcp-handler/8' });
    const servers = [
      own('PostgreSQL', () => kept),
      own('PGlite', () => `pglite:${embedded}`),
      reference,
      empty('a constant route', { path: '/constant', contains: 'constant' }),
      own('a new database of PostgreSQL', () => postgres.createDatabase()),
      own('a new directory of PGlite', () => `pglite:${stage.pgliteDirectory()}`),
    ];
    return compared(stage, servers, reference, rounds);
  },
};

/**
 * The same for functions of Vercel's build output, each in a process of its own, as a cold start has them. Only what Vercel
 * adds to that is missing.
 */
export const functions: Measuring = {
  name: 'functions',
  async measure(stage, { rounds }) {
    const postgres = await stage.postgres();
    const database = await postgres.createDatabase();
    const [product, empty] = [buildForVercel('product'), buildForVercel('empty')];
    try {
      const [own, peer, constant] = [
        product.functionFor('mcp'),
        empty.functionFor('mcp-handler/[count]'),
        empty.functionFor('constant'),
      ];
      const reference: Starting = {
        name: 'mcp-handler, 8 tools',
        launch: () => stage.launchFunction('function', peer, '/mcp-handler/8'),
        call: { path: '/mcp-handler/8' },
      };
      const servers: Starting[] = [
        {
          name: 'PostgreSQL',
          launch: () => stage.launchFunction('function', own, '/mcp', database),
          call: {},
        },
        reference,
        {
          name: 'a constant route',
          launch: () => stage.launchFunction('function', constant, '/constant'),
          call: { path: '/constant', contains: 'constant' },
        },
      ];
      return await compared(stage, servers, reference, rounds);
    } finally {
      product.remove();
      empty.remove();
    }
  },
};

/** Starts servers in turn, and compares each with one of them, round by round. */
async function compared(
  stage: Stage,
  servers: readonly Starting[],
  reference: Starting,
  rounds: number,
): Promise<Figure[]> {
  // Each of them once, so that the databases that are there are there, and compiled code is stored.
  for (const server of servers) await startOnce(stage, server);
  const results = new Map(servers.map((server) => [server, [] as Started[]]));
  for (let round = 0; round < rounds; round++)
    for (const server of servers) results.get(server)?.push(await startOnce(stage, server));
  return servers.flatMap((server) => {
    const own = results.get(server) ?? [];
    return (Object.keys(UNITS) as (keyof Started)[]).flatMap((what) => {
      const values = own.map((started) => started[what]);
      // Round by round: what slowed the machine down in one of them slowed down all servers.
      const ratios = (results.get(reference) ?? []).map((other, round) => (values[round] ?? 0) / other[what]);
      return [
        summary(`${server.name}, ${NAMES[what]}`, values, UNITS[what]),
        ...(server === reference
          ? []
          : [summary(`${server.name}, ${NAMES[what]}, to ${reference.name}`, ratios, '×')]),
      ];
    });
  });
}
