import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordedCalls } from '#tests/support/activity-rows.ts';
import { mcpMessage, postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { startTrustingAppOnPostgres, type TrustingAppOnPostgres } from '#tests/support/trusting-app.ts';

/** Half a minute in every run; `SOAK_SECONDS=1800` before a release. */
const SECONDS = Number(process.env.SOAK_SECONDS ?? 30);
const CLIENT = 'https://soak.example/id.json';
/** Megabytes that memory may move by between the middle and the end: what one garbage collection frees. */
const FLAT_MB = 80;

let app: TrustingAppOnPostgres;

beforeAll(async () => {
  app = await startTrustingAppOnPostgres();
});
afterAll(() => app?.stop());

function residentMb(): number {
  const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', String(app.app.running.child.pid)], {
    encoding: 'utf8',
  });
  return Number(kilobytes) / 1024;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

test(
  `${SECONDS} s of valid calls, bad tokens, bad bodies and aborted requests do not grow memory, and each call is recorded once`,
  async () => {
    const token = await app.issuer.token({
      client_id: CLIENT,
      sub: 'user_soak',
      exp: Math.floor(Date.now() / 1000) + SECONDS + 600,
    });
    const until = performance.now() + SECONDS * 1000;
    const memory: { at: number; mb: number }[] = [];
    let answered = 0;
    let left = 0;
    const unexpected: string[] = [];

    const expecting = async (status: number, answer: Promise<Response>) => {
      const response = await answer;
      await response.arrayBuffer();
      if (response.status !== status) unexpected.push(`${response.status} for ${status}`);
    };
    const good = async () => {
      await expecting(200, postMcp(app.appUrl, token, answered % 7 === 0 ? toolCall('stored') : undefined));
      answered += 1;
    };
    const leaving = async () => {
      const controller = new AbortController();
      const params = {
        name: 'slow',
        arguments: { steps: 50, stepMilliseconds: 100 },
        _meta: { progressToken: 1 },
      };
      const answer = await postMcp(app.appUrl, token, mcpMessage('tools/call', params), {
        signal: controller.signal,
      });
      if (answer.status !== 200) unexpected.push(`${answer.status} for a stream`);
      controller.abort();
      left += 1;
    };
    const worker = async (name: number) => {
      for (let i = 0; performance.now() < until; i++) {
        if (i % 10 === 3) await expecting(401, postMcp(app.appUrl, `bad.${name}.${i}`));
        else if (i % 10 === 6)
          await expecting(400, postMcp(app.appUrl, token, { ...toolCall('identity'), body: '{' }));
        else if (i % 50 === 9) await leaving();
        else await good();
        if (name === 0 && i % 20 === 0) memory.push({ at: until - performance.now(), mb: residentMb() });
      }
    };
    await Promise.all([0, 1, 2, 3].map(worker));

    const lines = app.logs().split('\n');
    const shown = lines.filter((line) => /unavailable|failed|lost/.test(line)).slice(-20);
    expect(unexpected, shown.join('\n')).toEqual([]);
    expect(answered).toBeGreaterThan(SECONDS * 10);
    const third = (from: number, to: number) =>
      median(
        memory
          .filter(({ at }) => at <= from * SECONDS * 1000 && at > to * SECONDS * 1000)
          .map(({ mb }) => mb),
      );
    const [middle, end] = [third(0.66, 0.33), third(0.33, 0)];
    console.info(
      `Soak: ${answered} calls, ${left} clients that left; ${Math.round(middle)} MB in the middle, ${Math.round(end)} MB at the end.`,
    );
    expect(end - middle).toBeLessThan(FLAT_MB);

    const expected = answered + left;
    await expect
      .poll(async () => (await recordedCalls(app.query, CLIENT)).rows, { timeout: 10_000 })
      .toBe(expected);
    expect(await recordedCalls(app.query, CLIENT)).toEqual({
      rows: expected,
      distinct: expected,
      counted: expected,
      daily: expected,
    });
  },
  (SECONDS + 60) * 1000,
);
