import { z } from 'zod';
import { config } from '#lib/config/env.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { boundedBody } from '#lib/http/bounded-body.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { log } from '#lib/observability/log.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { workos } from '#lib/workos/client.ts';
import { type EventHandler, type WorkosEvent, workosEvent } from './event.ts';
import { applyToPeople } from './people.ts';
import { applyToRoles } from './roles.ts';

/** Longest body, in bytes. An event is one object of WorkOS. */
const MAX_BODY_BYTES = 256 * 1024;
/** Time for the whole body to arrive. */
const DEADLINE_MS = 10_000;
/**
 * Oldest accepted signature: WorkOS retries for three days, and its documentation does not say whether it signs each
 * attempt again. A replay does no harm, because an event states what stays true.
 */
const TOLERANCE_MS = 73 * 3_600_000;

const HANDLERS: readonly EventHandler[] = [applyToPeople, applyToRoles];

/**
 * `POST /webhooks/workos`: an event of WorkOS, authenticated by its signature. 404 while `WORKOS_WEBHOOK_SECRET` is not
 * set. WorkOS delivers an event again after any answer but 2xx, so an event that could not be applied is 503.
 */
export async function receiveWebhook(request: Request): Promise<Response> {
  const secret = config().webhookSecret;
  if (secret === undefined) return answer(404, 'Webhooks are off: WORKOS_WEBHOOK_SECRET is not set.');
  if (request.method !== 'POST') return answer(405, 'Send events with POST.', { allow: 'POST' });
  const body = await readBody(request);
  if (body instanceof Response) return body;
  const sigHeader = request.headers.get('workos-signature') ?? '';
  const refusal = await refuseSignature(body, sigHeader, secret);
  if (refusal !== undefined) {
    log('warn', 'webhook.refused', { reason: refusal });
    return answer(401, 'The signature is missing, wrong or too old. Check WORKOS_WEBHOOK_SECRET.');
  }
  const event = parseEvent(body);
  if (event === undefined) return notAnEvent();
  const fields = { type: sanitize(event.event, 100), id: sanitize(event.id, 100) };
  let applied = false;
  try {
    for (const handle of HANDLERS) applied = (await handle(event)) || applied;
  } catch (error) {
    if (error instanceof z.ZodError) return notAnEvent();
    log('error', 'webhook.failed', { ...fields, reason: databaseErrorCode(error) });
    return answer(503, 'The event could not be applied. Send it again.', { 'retry-after': '30' });
  }
  log('info', applied ? 'webhook.applied' : 'webhook.ignored', fields);
  return answer(200, 'Received.');
}

async function readBody(request: Request): Promise<string | Response> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return tooLarge();
  const bytes = await withDeadline<Uint8Array | Response | undefined>(
    boundedBody(request, MAX_BODY_BYTES),
    DEADLINE_MS,
    () => answer(408, `The body did not arrive in ${DEADLINE_MS / 1000} s.`),
  );
  if (bytes === undefined) return tooLarge();
  return bytes instanceof Response ? bytes : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function notAnEvent(): Response {
  log('warn', 'webhook.refused', { reason: 'shape' });
  return answer(400, 'This is no event of WorkOS, or it lacks an id.');
}

const tooLarge = () => answer(413, `The body is longer than ${MAX_BODY_BYTES} bytes.`);

/** Why a signature is refused; undefined for a valid one. */
async function refuseSignature(
  payload: string,
  sigHeader: string,
  secret: string,
): Promise<string | undefined> {
  try {
    await workos().webhooks.verifyHeader({ payload, sigHeader, secret, tolerance: TOLERANCE_MS });
    return undefined;
  } catch (error) {
    return sigHeader === ''
      ? 'no_signature'
      : error instanceof Error
        ? error.message.slice(0, 100)
        : 'signature';
  }
}

function parseEvent(body: string): WorkosEvent | undefined {
  try {
    return workosEvent.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function answer(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ message }, { status, headers: { 'cache-control': 'no-store', ...headers } });
}
