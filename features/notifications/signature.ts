import { createHmac } from 'node:crypto';

/**
 * The headers that authenticate a notification, as Standard Webhooks 1.0 defines them: the id is the same for each attempt, and the
 * signature covers id, time and body.
 *
 * @param options.secrets - keys; one signature for each, so that a receiver may change its secret
 * @param options.now - milliseconds since the epoch
 */
export function signedHeaders(
  id: string,
  body: string,
  { secrets, now }: { secrets: readonly Uint8Array[]; now: number },
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signed = [id, timestamp, body].join('.');
  const signatures = secrets.map((secret) => {
    const signature = createHmac('sha256', secret).update(signed).digest('base64');
    return `v1,${signature}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
