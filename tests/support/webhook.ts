import { createHmac } from 'node:crypto';

/** Value of `WORKOS_WEBHOOK_SECRET` in tests. */
export const WEBHOOK_SECRET = 'only-for-tests-webhook-secret';

/** The value of `WorkOS-Signature` for a body, signed at `at`, in milliseconds since the epoch. */
export function signatureOf(body: string, at = Date.now(), secret = WEBHOOK_SECRET): string {
  return `t=${at}, v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
}

/** An event as WorkOS sends it. */
export function eventOf(event: string, data: object, at = new Date()): string {
  return JSON.stringify({ id: `event_${crypto.randomUUID()}`, event, data, created_at: at.toISOString() });
}

/** The signed request that delivers an event. */
export function delivery(url: string, body: string, headers: Record<string, string> = {}): Request {
  return new Request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'workos-signature': signatureOf(body), ...headers },
    body,
  });
}
