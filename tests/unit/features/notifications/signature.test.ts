import { expect, test } from 'vitest';
import { signedHeaders } from '#features/notifications/signature.ts';

// The example of the Standard Webhooks libraries.
const SECRET = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

test('a notification is signed as the Standard Webhooks libraries verify it', () => {
  const headers = signedHeaders(ID, '{"test": 2432232314}', { secrets: [SECRET], now: 1_614_265_330_000 });
  expect(headers).toEqual({
    'webhook-id': ID,
    'webhook-timestamp': '1614265330',
    'webhook-signature': SIGNATURE,
  });
});

test('while a secret changes, a notification has a signature of each', () => {
  const options = { secrets: [Buffer.alloc(32, 1), SECRET], now: 1_614_265_330_000 };
  const signatures = signedHeaders(ID, '{"test": 2432232314}', options)['webhook-signature']?.split(' ');
  expect(signatures).toHaveLength(2);
  expect(signatures?.[1]).toBe(SIGNATURE);
});
