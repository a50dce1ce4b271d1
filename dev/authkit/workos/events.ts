import { createHmac } from 'node:crypto';
import type { Settings } from '../options.ts';
import { newId } from '../state/ids.ts';

/** An event as WorkOS delivers it. `created_at` is ISO 8601. */
type WorkosEvent = { id: string; event: string; data: object; created_at: string };

export type Events = {
  /** Delivers an event, in the order of the calls. Resolves when it was answered or given up. */
  send(event: string, data: object): Promise<Delivery>;
  /** Delivers a body as it is, also one that WorkOS would not send. */
  deliver(body: string, options?: { secret?: string; at?: number }): Promise<Delivery>;
};

/** `status` is undefined without an answer, and without a webhook secret, when nothing was sent. */
type Delivery = { id?: string; status: number | undefined };

const TIMEOUT_MS = 5000;

/**
 * The value of `WorkOS-Signature`.
 *
 * @param at - milliseconds since the epoch
 */
export function webhookSignature(body: string, secret: string, at: number = Date.now()): string {
  return `t=${at}, v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
}

/** Sends events to `$APP_URL/webhooks/workos`. There is none about a consent or a grant, as at WorkOS. */
export function openEvents({ appUrl, webhookSecret, log }: Settings): Events {
  let last: Promise<unknown> = Promise.resolve();

  async function post(body: string, { secret = webhookSecret, at }: { secret?: string; at?: number } = {}) {
    if (secret === '') return { status: undefined };
    try {
      const response = await fetch(`${appUrl}/webhooks/workos`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'workos-signature': webhookSignature(body, secret, at),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      return { status: response.status };
    } catch (error) {
      log(`local AuthKit could not deliver a webhook: ${error instanceof Error ? error.message : error}`);
      return { status: undefined };
    }
  }

  const events: Events = {
    deliver(body, options) {
      const delivery = last.then(() => post(body, options));
      last = delivery;
      return delivery;
    },
    async send(event, data) {
      const message: WorkosEvent = {
        id: newId('evt'),
        event,
        data,
        created_at: new Date().toISOString(),
      };
      return { id: message.id, ...(await events.deliver(JSON.stringify(message))) };
    },
  };
  return events;
}
