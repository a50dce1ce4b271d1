import { CopyField } from '#components/ui/copy-field.tsx';
import { ArrowRight } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { ClientSetupTabs } from '#features/client-setup/client-tabs.tsx';
import { Configuration } from '#features/doctor/configuration-panel.tsx';
import { StateBadges } from '#features/doctor/state-badges.tsx';
import { DiscoverySequence } from '#features/how-it-works/discovery-sequence.tsx';
import { config } from '#lib/config/env.ts';
import { PAGES } from '#lib/config/pages.ts';
import { resourceUrl } from '#lib/config/urls.ts';

export default function Landing() {
  return (
    <>
      <div className="grid gap-x-16 gap-y-12 pt-8 sm:pt-16 lg:grid-cols-2">
        <div className="min-w-0 space-y-8">
          <div>
            <h1 className="text-3xl">An MCP server that any client can use, knowing only its URL</h1>
            <p className="mt-3 text-muted-foreground">
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
        <h2 id="connect" className="mb-3 text-base">
          Connect a client
        </h2>
        <ClientSetupTabs />
      </section>
      <nav aria-label="Next" className="mt-16 grid gap-x-8 border-t border-border sm:grid-cols-3">
        {PAGES.filter(({ description }) => description).map(({ path, label, description }) => (
          <Link key={path} href={path} className="group border-b border-border py-6 sm:border-none">
            <span className="inline-flex items-center gap-2 font-medium">
              {label}
              <ArrowRight size={16} aria-hidden className="transition-transform group-hover:translate-x-1" />
            </span>
            <span className="mt-1 block text-sm text-muted-foreground">{description}</span>
          </Link>
        ))}
      </nav>
    </>
  );
}
