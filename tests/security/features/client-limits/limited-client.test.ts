import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { type Limits, NO_LIMITS } from '#lib/connections/policy/limits.ts';
import { setLimits, setOrganizationPolicy } from '#lib/connections/policy/policy.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { db } from '#lib/db/connection.ts';
import { rows } from '#lib/db/rows.ts';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { createHandler } from '#lib/mcp/server.ts';
import { connectionsOf } from '#tests/support/connections-of.ts';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';
import {
  legacyToolCall,
  legacyToolList,
  type McpRequest,
  mcpMessage,
  toolCall,
} from '#tests/support/mcp-request.ts';
import { tools } from '#tests/support/tools.ts';

const handler = createHandler(tools);
const READ_ONLY: Limits = { readOnly: true, toolsOff: [] };
const HOST = 'limited.example';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint(tools);
});
afterAll(() => endpoint.close());

let people = 0;

/** A client of a new person in a new organization, connected and with a token. */
async function client(claims: Record<string, unknown> = {}) {
  people += 1;
  const base = {
    sub: `user_limited_${people}`,
    org_id: `org_limited_${people}`,
    client_id: `https://${HOST}/id.json`,
    sid: `consent_${people}`,
    scope: 'openid profile',
  };
  const token = await endpoint.issuer.token({ ...base, ...claims });
  const send = async ({ headers, body }: McpRequest, bearer = token): Promise<Response> => {
    const url = resourceUrl(config());
    const request = new Request(url, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${bearer}`, host: new URL(url).host },
      body,
    });
    return handleMcp(request, (task) => void Promise.resolve().then(task), handler);
  };
  await send(toolCall('identity'));
  const find = async () => (await connectionsOf(base.sub)).rows[0]?.id ?? '';
  await expect.poll(find, { timeout: 10_000 }).not.toBe('');
  const id = await find();
  const limit = (limits: Limits, administratorOf?: string) =>
    setLimits({
      userId: base.sub,
      connectionId: id,
      limits,
      by: 'ada@example.com',
      ...(administratorOf !== undefined && { administratorOf }),
    });
  const reply = async (request: McpRequest, bearer?: string) => {
    const text = await (await send(request, bearer)).text();
    return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text);
  };
  const stored = async () => (await reply(toolCall('stored'))).result.structuredContent.texts as string[];
  return { ...base, id, token, send, reply, limit, stored };
}

const batch = (...messages: McpRequest[]): McpRequest => ({
  headers: {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-03-26',
  },
  body: `[${messages.map(({ body }) => body).join(',')}]`,
});

describe('a read-only client', () => {
  test('changes nothing in either era, on either path or in a batch, and reads who limited it and where', async () => {
    const limited = await client();
    await limited.limit(READ_ONLY);
    const args = { text: 'written' };
    const bySdk = { name: 'store', arguments: args, _meta: { progressToken: 1 } };
    const attempts = [
      toolCall('store', args),
      legacyToolCall('store', args),
      mcpMessage('tools/call', bySdk),
      mcpMessage('tools/call', { name: 'store', arguments: {} }),
    ];
    for (const attempt of attempts) {
      const { result } = await limited.reply(attempt);
      expect(result.isError).toBe(true);
      expect(result.content[0].text).toContain('The person whom this client acts for limited this client');
      expect(result.content[0].text).toContain(`/clients/${limited.id}`);
    }
    const all = await limited.reply(batch(legacyToolCall('identity'), legacyToolCall('store', args, 2)));
    expect(all.find(({ id }: { id: number }) => id === 2).result.isError).toBe(true);
    expect(await limited.stored()).toEqual([]);
  });

  test.each(['Store', 'store ', ' store', 'store\u200b', 'ｓｔｏｒｅ', 'STORE', 'store\u0000', './store'])(
    'runs no tool under the name %j',
    async (name) => {
      const limited = await client();
      await limited.limit(READ_ONLY);
      const headers = legacyToolCall('store').headers;
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: { text: 'x' } },
      });
      await limited.send({ headers, body });
      expect(await limited.stored()).toEqual([]);
    },
  );

  test('sees the tools that it may use, and leaves the list of other clients as it is', async () => {
    const [limited, free] = [await client(), await client()];
    const names = async (who: typeof limited, request: McpRequest) =>
      ((await who.reply(request)).result.tools as { name: string }[]).map(({ name }) => name);
    await limited.limit({ readOnly: true, toolsOff: ['slow'] });
    for (const request of [mcpMessage('tools/list'), legacyToolList()]) {
      const seen = await names(limited, request);
      expect(seen).toContain('identity');
      for (const hidden of ['store', 'slow', 'revoke']) expect(seen).not.toContain(hidden);
      expect(await names(free, request)).toEqual(expect.arrayContaining(['store', 'slow', 'identity']));
    }
    await limited.limit(NO_LIMITS);
    expect(await names(limited, mcpMessage('tools/list'))).toContain('store');
  });

  test('is refused from the moment the limit is set, calls that run included', async () => {
    const limited = await client();
    const running = Array.from({ length: 10 }, (_, n) => limited.reply(toolCall('store', { text: `${n}` })));
    await limited.limit(READ_ONLY);
    const later = await Promise.all(
      Array.from({ length: 10 }, () => limited.reply(toolCall('store', { text: 'late' }))),
    );
    await Promise.all(running);
    expect(later.every(({ result }) => result.isError === true)).toBe(true);
    expect(await limited.stored()).not.toContain('late');
  });

  test('cannot shake the limit off with a new consent or a refreshed token', async () => {
    const limited = await client();
    await limited.limit(READ_ONLY);
    for (const sid of [limited.sid, 'a_new_consent']) {
      const again = await endpoint.issuer.token({
        sub: limited.sub,
        org_id: limited.org_id,
        client_id: limited.client_id,
        sid,
        scope: 'openid profile',
      });
      expect((await limited.reply(toolCall('store', { text: 'x' }), again)).result.isError).toBe(true);
    }
  });
});

test('limits of an administrator name the administrator, and those of the person do not lift them', async () => {
  const limited = await client();
  await limited.limit({ readOnly: false, toolsOff: ['store'] }, limited.org_id);
  await limited.limit(NO_LIMITS);
  const { result } = await limited.reply(toolCall('store', { text: 'x' }));
  expect(result.content[0].text).toContain(
    'An administrator of the organization switched off the tool store',
  );
});

test('a tool that is switched off while it runs is ended, with the reason', async () => {
  const limited = await client();
  const running = limited.reply(toolCall('slow', { steps: 100, stepMilliseconds: 100 }));
  await limited.limit({ readOnly: false, toolsOff: ['slow'] });
  const { result } = await running;
  expect(result.content[0].text).toContain('switched off the tool slow');
});

describe('a client of a blocked host', () => {
  const block = (organizationId: string, ...blockedHosts: string[]) =>
    setOrganizationPolicy(organizationId, { allowedHosts: [], blockedHosts, defaults: NO_LIMITS }, 'ada');

  test('is refused with every message that it sends, with a reason and without a challenge', async () => {
    const blocked = await client({ client_id: `https://${HOST}./id.json` });
    await block(blocked.org_id, HOST);
    for (const request of [
      mcpMessage('server/discover'),
      mcpMessage('tools/list'),
      mcpMessage('resources/list'),
      legacyToolList(),
    ]) {
      const response = await blocked.send(request);
      expect(response.status).toBe(200);
      expect(response.headers.has('www-authenticate')).toBe(false);
      expect((await response.json()).error.message).toContain(`The organization blocks clients of ${HOST}`);
    }
    expect((await blocked.reply(toolCall('identity'))).result).toMatchObject({ isError: true });
    const all = await blocked.reply(batch(legacyToolCall('identity'), legacyToolCall('identity', {}, 2)));
    expect(all.every(({ result }: { result: { isError?: boolean } }) => result.isError)).toBe(true);
    const notification = await blocked.send({
      headers: legacyToolList().headers,
      body: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
    });
    expect(notification.status).toBe(403);
    expect(notification.headers.has('www-authenticate')).toBe(false);
  });

  test('of one organization calls in another, and is recorded as denied with the reason', async () => {
    const [blocked, other] = [await client(), await client()];
    await block(blocked.org_id, HOST);
    expect((await other.reply(toolCall('identity'))).result.isError).toBeUndefined();
    await blocked.send(toolCall('identity'));
    const reasons = async () => {
      const denied = sql`select reason from activity where connection_id = ${blocked.id} and outcome = 'denied'`;
      return (await rows<{ reason: string }>(await db(), denied)).map(({ reason }) => reason);
    };
    await expect.poll(reasons).toEqual(['host_blocked']);
  });

  test('without a verified host is refused by a list of allowed hosts', async () => {
    const unnamed = await client({ client_id: 'client_registered' });
    const rules = { allowedHosts: [HOST], blockedHosts: [], defaults: NO_LIMITS };
    await setOrganizationPolicy(unnamed.org_id, rules, 'ada');
    const { result } = await unnamed.reply(toolCall('identity'));
    expect(result.content[0].text).toContain('has no verified host');
  });
});

test('a connection that has expired gets a challenge that says so', async () => {
  const expired = await client();
  await expired.limit({ ...NO_LIMITS, expiresAt: new Date(Date.now() - 1) });
  const response = await expired.send(toolCall('identity'));
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toContain('This connection has expired');
  expect((await expired.send(toolCall('identity'))).status).toBe(401);
});

test('limits that are not in memory let no call through', async () => {
  const limited = await client();
  processContext().policies.clear();
  processContext().denylist.current.clear();
  await limited.limit(READ_ONLY);
  expect((await limited.reply(toolCall('store', { text: 'x' }))).result.isError).toBe(true);
});
