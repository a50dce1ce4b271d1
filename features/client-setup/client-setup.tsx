import { Badge } from '#components/ui/badge.tsx';
import { buttonClass } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { ExternalLink } from '#components/ui/icons.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { config } from '#lib/config/env.ts';
import { route } from '#lib/config/route.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { requestedPath } from '#lib/session/requested-path.ts';
import { ClientLogo } from './client-logo.tsx';
import { clientSetups, type Registration, type Setup } from './clients.ts';

const REGISTRATION: Record<Registration, string> = {
  cimd_or_dcr: 'CIMD, falls back to DCR',
  dcr: 'DCR',
  dcr_or_cimd: 'DCR, CIMD if configured',
  undocumented: 'Registration: not documented',
  depends_on_client: 'Registration: depends on the client',
  own_choice: 'CIMD, DCR or a client ID of your own',
};

/** How to connect each client, as tabs. `?client=` selects one. */
export async function ClientSetup() {
  const settings = config();
  const setups = clientSetups(resourceUrl(settings), settings.serverName);
  const query = new URLSearchParams((await requestedPath())?.split('?')[1]);
  const chosen =
    setups.find(({ id }) => id === query.get('client')) ??
    setups.find(({ connectsFrom }) => !(connectsFrom && settings.loopback));
  return (
    <section aria-labelledby="connect" className="mt-24">
      <h2 id="connect" className="scroll-mt-8 text-2xl">
        Connect a client
      </h2>
      <p className="mt-2 mb-6 max-w-[65ch] text-muted-foreground">
        Choose yours. Each needs only the server URL; you sign in when it connects.
      </p>
      <Tabs
        label="Client"
        first={chosen?.id}
        tabs={setups.map(({ id, name, ...setup }) => ({
          id,
          href: route(`/?client=${id}#connect`),
          label: (
            <>
              <ClientLogo id={id} name={name} />
              {name}
            </>
          ),
          panel: <Panel setup={{ id, name, ...setup }} loopback={settings.loopback} />,
        }))}
      />
      <p className="mt-6 text-xs text-muted-foreground">
        Marks by{' '}
        <a className="link" href="https://simpleicons.org" rel="noreferrer">
          Simple Icons
        </a>{' '}
        (CC0). They belong to their owners.
      </p>
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
            <li key={text}>
              {text.split(/(--[\w-]+)/).map((part, index) =>
                // An option is not broken at its hyphens.
                index % 2 === 1 ? (
                  <code key={`${index}${part}`} className="whitespace-nowrap">
                    {part}
                  </code>
                ) : (
                  part
                ),
              )}
            </li>
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
