import { expect, test, vi } from 'vitest';
import { receiveWebhook } from '#features/webhooks/receive.ts';
import { config } from '#lib/config/env.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { delivery, eventOf, WEBHOOK_SECRET } from '#tests/support/webhook.ts';

const URL = 'http://localhost:3000/webhooks/workos';

test('an event is to be sent again while the database is unavailable, and nowhere without a secret', async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  stubConfiguration({ WORKOS_WEBHOOK_SECRET: WEBHOOK_SECRET, DATABASE_URL: 'postgres://localhost:1/none' });
  const body = eventOf('user.deleted', { id: 'user_1' });
  const response = await receiveWebhook(delivery(URL, body));
  expect([response.status, response.headers.has('retry-after')]).toEqual([503, true]);

  config().webhookSecret = undefined;
  expect((await receiveWebhook(delivery(URL, body))).status).toBe(404);
  expect((await receiveWebhook(new Request(URL))).status).toBe(404);
});
