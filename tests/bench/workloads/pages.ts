import { request } from 'node:http';
import type { DatabaseConfig } from '../../../lib/config/env.ts';
import { PAGES } from '../../../lib/config/pages.ts';
import { quantile } from '../interleaved.ts';
import { type SignedIn, startSignedIn } from '../signed-in.ts';
import type { Figure, Measuring } from './workload.ts';

const CLIENTS = [1, 10, 100, 10_000];
/** Requests in one round. */
const REQUESTS = 20;

type Answer = { status: number; text: string; bytes: number; firstByteMs: number; wholeMs: number };

/** Gets a page or a script as a browser does: with cookies, and as compressed as it comes unless `plain`. */
export function get(url: URL, cookies: ReadonlyMap<string, string>, plain = true): Promise<Answer> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = {
    cookie,
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36',
    accept: 'text/html, */*',
    'accept-encoding': plain ? 'identity' : 'gzip, deflate, br',
  };
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      const parts: Buffer[] = [];
      let firstByteMs = 0;
      response.on('data', (part: Buffer) => {
        if (parts.push(part) === 1) firstByteMs = performance.now() - startedAt;
      });
      response.on('end', () => {
        const body = Buffer.concat(parts);
        const wholeMs = performance.now() - startedAt;
        const { statusCode: status = 0 } = response;
        resolve({ status, text: body.toString(), bytes: body.length, firstByteMs, wholeMs });
      });
    })
      .on('error', reject)
      .end();
  });
}

/** How long the list of clients takes, for people with more and more of them, in turn. */
async function timeList(app: SignedIn, label: string, rounds: number): Promise<Figure[]> {
  const times = app.people.map(({ clients, pages }) => ({
    clients,
    pages,
    first: [] as number[],
    whole: [] as number[],
  }));
  for (let number = -REQUESTS; number < rounds * REQUESTS; number++)
    for (const { clients, pages, first, whole } of times) {
      const answer = await get(new URL('/clients', app.url), pages.cookies);
      // React separates adjacent texts by empty comments.
      const text = answer.text.replaceAll('<!-- -->', '');
      const counted = new RegExp(`>${clients.toLocaleString('en')} apps? can act on your behalf`).test(text);
      if (answer.status !== 200 || !counted)
        throw new Error(`/clients of a person with ${clients}: ${answer.status}`);
      // The first ones warm it up.
      if (number < 0) continue;
      first.push(answer.firstByteMs);
      whole.push(answer.wholeMs);
    }
  const [, ten = 0, hundred = 0, most = 0] = times.map(({ first }) => quantile(first, 0.5));
  return [
    ...times.flatMap(({ clients, first, whole }): Figure[] => [
      { name: `${label}, first byte with ${clients}`, value: quantile(first, 0.5), unit: 'ms' },
      { name: `${label}, whole page with ${clients}`, value: quantile(whole, 0.5), unit: 'ms' },
    ]),
    // A page shows 25: this is what the other 15 rows take, and what more clients take after that.
    { name: `${label}, first byte, 10,000 clients to 10`, value: most / ten, unit: '×' },
    { name: `${label}, first byte, 10,000 clients to 100`, value: most / hundred, unit: '×' },
  ];
}

/** `/clients` over HTTP, signed in, with a database full of activity. */
export const clientsPage: Measuring = {
  name: 'clients-page',
  async measure(stage, { activity, rounds }) {
    const postgres: DatabaseConfig = {
      kind: 'postgres',
      url: await (await stage.postgres()).createDatabase(),
    };
    const pglite: DatabaseConfig = { kind: 'pglite', directory: stage.pgliteDirectory() };
    const figures: Figure[] = [];
    for (const [label, database] of [
      ['PostgreSQL', postgres],
      ['PGlite', pglite],
    ] as const) {
      console.error(`  ${label}: filling it with ${activity} calls…`);
      const app = await startSignedIn(database, CLIENTS, activity);
      figures.push(...(await timeList(app, label, rounds).finally(() => app.close())));
    }
    return figures;
  },
};

/** Bytes of the scripts that a page names, as a browser of today gets them, in KB of 1,024 bytes. */
async function scriptsOf(app: SignedIn, path: string): Promise<Figure> {
  const cookies = app.people[0]?.pages.cookies ?? new Map();
  const page = await get(new URL(path, app.url), cookies);
  if (page.status !== 200) throw new Error(`${path}: ${page.status}`);
  const tags = [...page.text.matchAll(/<script\b[^>]*\bsrc="([^"]+)"[^>]*>/g)];
  const sources = new Set(tags.flatMap(([tag, source = '']) => (/nomodule/i.test(tag) ? [] : [source])));
  let bytes = 0;
  for (const source of sources) bytes += (await get(new URL(source, app.url), new Map(), false)).bytes;
  return { name: `${path}, ${sources.size} files`, value: bytes / 1024, unit: 'KB' };
}

/** The JavaScript that each page makes a browser transfer. */
export const scripts: Measuring = {
  name: 'scripts',
  async measure(stage) {
    const url = await (await stage.postgres()).createDatabase();
    const app = await startSignedIn({ kind: 'postgres', url }, [1], 10);
    try {
      const client = await get(new URL('/clients', app.url), app.people[0]?.pages.cookies ?? new Map());
      const [, detail = ''] = /href="(\/clients\/[\w-]+)"/.exec(client.text) ?? [];
      const figures: Figure[] = [];
      // The person is no admin of an organization, and a page of a selection needs one.
      const paths = PAGES.map((page) => page.path).filter((path) => !/^\/organization|\/revoke$/.test(path));
      for (const path of [...paths, detail]) figures.push(await scriptsOf(app, path));
      return figures;
    } finally {
      await app.close();
    }
  },
};
