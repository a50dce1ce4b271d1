import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordedCalls } from '#tests/support/activity-rows.ts';
import { postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { startTrustingAppOnPostgres, type TrustingAppOnPostgres } from '#tests/support/trusting-app.ts';

const CLIENT = 'https://killed.example/id.json';
/** Milliseconds after which an answered call must be in the log: 250 to gather, and the write itself. */
const WRITTEN_WITHIN_MS = 1_500;

let app: TrustingAppOnPostgres;

beforeAll(async () => {
  app = await startTrustingAppOnPostgres();
});
afterAll(() => app?.stop());

/** Calls without a pause until the server is gone; what was asked, and when each answer was complete. */
async function loadUntilGone(token: string, workers: number) {
  const answered: number[] = [];
  const texts: string[] = [];
  let asked = 0;
  const worker = async (name: number) => {
    for (let i = 0; ; i++) {
      const text = `text ${name}-${i}`;
      const writes = i % 5 === 0;
      asked += 1;
      try {
        const response = await postMcp(
          app.appUrl,
          token,
          writes ? toolCall('store', { text }) : toolCall('identity'),
        );
        const body = await response.text();
        expect(response.status).toBe(200);
        answered.push(performance.now());
        if (writes && !body.includes('"isError":true')) texts.push(text);
      } catch (error) {
        if (error instanceof TypeError) return;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, name) => worker(name)));
  return { asked, answered, texts };
}

test.each([1, 2])(
  'a kill under load (round %i) loses no activity of an answered call and leaves consistent data',
  async () => {
    const before = await recordedCalls(app.query, CLIENT);
    const token = await app.issuer.token({ client_id: CLIENT, sub: 'user_killed' });
    const load = loadUntilGone(token, 8);
    // In the middle of the load: some calls are written, others are running.
    await expect
      .poll(async () => (await recordedCalls(app.query, CLIENT)).rows - before.rows, { timeout: 20_000 })
      .toBeGreaterThan(300);
    const killedAt = performance.now();
    const running = (await app.restartAfterKill()).running;
    const { asked, answered, texts } = await load;

    const after = await recordedCalls(app.query, CLIENT);
    expect(after).toEqual({
      rows: after.rows,
      distinct: after.rows,
      counted: after.rows,
      daily: after.rows,
    });
    const early = answered.filter((at) => killedAt - at > WRITTEN_WITHIN_MS).length;
    expect(after.rows - before.rows).toBeGreaterThanOrEqual(early);
    expect(after.rows - before.rows).toBeLessThanOrEqual(asked);

    // A tool writes before its call is answered: every text is there.
    const stored = await app.query("select text from test_texts where subject = 'user_killed'");
    expect(stored.map(({ text }) => text)).toEqual(expect.arrayContaining(texts));
    expect(running.child.exitCode).toBeNull();
    expect((await postMcp(app.appUrl, token)).status).toBe(200);
  },
  60_000,
);

test('two instances that start together on an empty database are both ready, and one of them migrates it', async () => {
  const DATABASE_URL = await app.postgres.createDatabase();
  const query = (text: string) => app.postgres.query(DATABASE_URL, text);
  const instances = await Promise.all([
    app.startInstance({ DATABASE_URL }),
    app.startInstance({ DATABASE_URL }),
  ]);
  const token = await app.issuer.token({ client_id: CLIENT, sub: 'user_both' });
  for (const { url: origin } of instances) expect((await postMcp(origin, token)).status).toBe(200);
  for (const { logs } of instances) expect(logs()).not.toMatch(/"level":"error"/);
  await expect.poll(async () => (await recordedCalls(query, CLIENT)).rows, { timeout: 5_000 }).toBe(2);
});
