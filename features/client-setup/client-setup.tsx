import { Badge } from '#components/ui/badge.tsx';
import { buttonClass } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { ExternalLink } from '#components/ui/icons.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { clientSetups, type Registration, type Setup } from './clients.ts';

const REGISTRATION: Record<Registration, string> = {
  cimd_or_dcr: 'CIMD, falls back to DCR',
  dcr: 'DCR',
  dcr_or_cimd: 'DCR, CIMD if configured',
  undocumented: 'Registration: not documented',
  depends_on_client: 'Registration: depends on the client',
  own_choice: 'CIMD, DCR or a client ID of your own',
};

/** How to connect each client, as tabs. */
export function ClientSetup() {
  const settings = config();
  const setups = clientSetups(resourceUrl(settings), settings.serverName);
  return (
    <section aria-labelledby="connect" className="mt-16">
      <h2 id="connect" className="mb-3 text-base">
        Connect a client
      </h2>
      <Tabs
        label="Client"
        first={setups.find(({ connectsFrom }) => !(connectsFrom && settings.loopback))?.id}
        tabs={setups.map((setup) => ({
          id: setup.id,
          label: setup.name,
          panel: <Panel setup={setup} loopback={settings.loopback} />,
        }))}
      />
    </section>
  );
}

function Panel({ setup, loopback }: { setup: Setup; loopback: boolean }) {
  return (
    <div className="grid gap-x-12 gap-y-4 lg:grid-cols-2">
      <div className="min-w-0 space-y-4">
        <p>{setup.instruction}</p>
        <p className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Badge>{REGISTRATION[setup.registration]}</Badge>
          {setup.open && (
            <a href={setup.open.href} rel="noreferrer" className={buttonClass('primary', 'small')}>
              {setup.open.label}
              <ExternalLink size={16} aria-hidden />
            </a>
          )}
        </p>
        <ul className="list-disc space-y-1 pl-5 text-sm text-muted-foreground">
          {setup.connectsFrom && loopback && (
            <li className="text-warning">
              {setup.name} connects from {setup.connectsFrom}&apos;s servers, which cannot reach localhost.
              Deploy this server first, or use an https tunnel.
            </li>
          )}
          {setup.notes.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </div>
      <div className="min-w-0 space-y-4">
        {setup.snippets.map((snippet) => (
          <CodeBlock key={snippet.title} title={snippet.title} code={snippet.code} />
        ))}
      </div>
    </div>
  );
}
