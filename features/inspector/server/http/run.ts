import { z } from 'zod';
import { discover } from '#features/discovery/discovery.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { signInTarget } from '#features/discovery/target.ts';
import { clientMetadataUrl } from '#lib/config/urls.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { SessionUser } from '#lib/session/user.ts';
import { seal } from '../sign-in/sealed.ts';
import type { RunEvent, SignInOffer } from './messages.ts';
import { exchangePrefix, type InspectorContext, inspectorContext, readRequest, sealing } from './request.ts';

const schema = z.object({ url: z.string().min(1).max(2048) });

/** Seconds in which one can sign in after a run. */
const OFFER_LIFETIME = 1800;

/**
 * `POST /inspector/api/run`: discovery for the given URL, one JSON object a line as each exchange happens, and
 * the findings as the last.
 */
export async function runInspector(
  request: Request,
  person: SessionUser | MutationRefusal,
  context: InspectorContext = inspectorContext(),
): Promise<Response> {
  const read = await readRequest(request, person, schema);
  if (read instanceof Response) return read;
  const { user, body } = read;
  const { config, fetch } = context;
  const encoder = new TextEncoder();

  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (event: RunEvent) => {
        // The person may have left: what they would have seen is then of no interest.
        if (!request.signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
      };
      const discovery = await discover(body.url.trim(), {
        fetch,
        allowLoopback: config.loopback,
        limitKey: user.id,
        origin: config.appUrl,
        idPrefix: exchangePrefix(),
        signal: request.signal,
        onEvent: send,
      });
      const target = signInTarget(discovery);
      const offer: SignInOffer | undefined = target && {
        sealed: await seal(target, { ...sealing(context, user), kind: 'target', lifetime: OFFER_LIFETIME }),
        issuer: target.issuer,
        resource: target.resource,
        scopes: target.scopes ?? [],
        document: target.acceptsClientDocuments,
        registration: target.registrationEndpoint !== undefined,
        clientId: clientMetadataUrl(config),
      };
      send({ type: 'done', findings: discoveryFindings(discovery), ...(offer && { offer }) });
      if (!request.signal.aborted) controller.close();
    },
  });
  return new Response(stream, {
    headers: {
      'content-type': 'application/x-ndjson',
      'cache-control': 'private, no-store',
      // Proxies that gather an answer before passing it on would show everything at once.
      'x-accel-buffering': 'no',
    },
  });
}
