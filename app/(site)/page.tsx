import { CopyField } from '#components/ui/copy-field.tsx';
import { ArrowRight } from '#components/ui/icons.tsx';
import { ClientSetupTabs } from '#features/client-setup/client-tabs.tsx';
import { Configuration } from '#features/doctor/configuration-panel.tsx';
import { StateBadges } from '#features/doctor/state-badges.tsx';
import { DiscoverySequence } from '#features/how-it-works/discovery-sequence.tsx';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';

const NEXT = [
  {
    href: '/inspector',
    title: 'Inspector',
    says: 'Walk any MCP server’s discovery and sign-in, message by message.',
  },
  {
    href: '/how-it-works',
    title: 'How it works',
    says: 'The standards behind it, on the answers of this server.',
  },
  { href: '/clients', title: 'Connected clients', says: 'See what acts for you and cut it off.' },
];

export default function Landing() {
  return (
    <>
      <div className="grid gap-x-16 gap-y-12 pt-8 sm:pt-16 lg:grid-cols-2">
        <div className="min-w-0 space-y-8">
          <div>
            <h1 className="text-title">An MCP server that any client can use, knowing only its URL</h1>
            <p className="mt-3 text-muted">
              The client finds the authorization server by itself, you sign in there and allow it. No keys to
              paste, no client to register.
            </p>
          </div>
          <CopyField label="Server URL" value={resourceUrl(config())} />
          <StateBadges />
        </div>
        <DiscoverySequence />
      </div>
      <Configuration />
      <section aria-labelledby="connect" className="mt-16">
        <h2 id="connect" className="mb-3 text-body">
          Connect a client
        </h2>
        <ClientSetupTabs />
      </section>
      <nav aria-label="Next" className="mt-16 grid gap-x-8 border-t border-line sm:grid-cols-3">
        {NEXT.map(({ href, title, says }) => (
          <a key={href} href={href} className="group border-b border-line py-6 sm:border-none">
            <span className="inline-flex items-center gap-2 font-medium">
              {title}
              <ArrowRight size={16} aria-hidden className="transition-transform group-hover:translate-x-1" />
            </span>
            <span className="mt-1 block text-small text-muted">{says}</span>
          </a>
        ))}
      </nav>
    </>
  );
}
