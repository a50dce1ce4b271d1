import { rfc } from '#lib/checks/finding.ts';
import { FileLink } from './file-link.tsx';

export const REGISTRATION_STORY = { id: 'registration', title: 'Why not dynamic client registration?' };

const DCR = rfc(7591, '3');
const PROBLEMS = [
  {
    name: 'Abuse',
    text: 'An open registration endpoint accepts thousands of clients from anyone. Rate limits slow this down and do not prevent it.',
  },
  {
    name: 'SSRF',
    text: 'A registration contains URLs (logo, keys) that the authorization server fetches. The registrant chooses them, so they can point to internal services.',
  },
  {
    name: 'Impersonation',
    text: 'Anyone can register under the name of a known assistant. Users see a familiar name and approve, and administrators cannot tell the real client from a copy.',
  },
  {
    name: 'Exhaustion',
    text: 'Every registration creates rows, and perhaps secrets, that are never deleted.',
  },
];

/** Why MCP replaced dynamic client registration. */
export function RegistrationStory() {
  return (
    <section aria-labelledby={REGISTRATION_STORY.id} className="mt-16 max-w-[65ch] space-y-4">
      <h2 id={REGISTRATION_STORY.id} className="scroll-mt-8 text-xl">
        {REGISTRATION_STORY.title}
      </h2>
      <p>
        At first, users shared the URL of a server and configured credentials by hand. The MCP revision of
        March 2025 added OAuth with Dynamic Client Registration (DCR,{' '}
        <a className="link" href={DCR.url} rel="noreferrer">
          RFC 7591
        </a>
        ): every client registers itself and receives credentials. This has four problems.
      </p>
      <dl className="space-y-3">
        {PROBLEMS.map(({ name, text }) => (
          <div key={name}>
            <dt className="font-medium">{name}</dt>
            <dd className="text-muted-foreground">{text}</dd>
          </div>
        ))}
      </dl>
      <p>
        Identity providers such as Okta, Microsoft Entra ID and Ping Identity therefore restrict DCR or do not
        offer it, and registering each client by hand ends interoperability. In June 2025 protected resource
        metadata let a server publish its authorization server. In November 2025 the Client ID Metadata
        Document reversed the direction: the client publishes a document at a host that it controls, and the
        authorization server fetches it. There is no endpoint to flood, no row to store, no secret to leak,
        and users see a host that they can recognise. The July 2026 revision of MCP deprecates DCR. You can
        leave it enabled at AuthKit for older clients; this server has no registration endpoint.
      </p>
      <p>
        One problem remains in part: fetching a URL that a client chose needs a guard. This server uses{' '}
        <FileLink path="lib/guarded-fetch/guarded-fetch.ts" /> for every such URL.
      </p>
    </section>
  );
}
