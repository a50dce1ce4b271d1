import { Badge } from '#components/ui/badge.tsx';
import { buttonClass } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { ExternalLink } from '#components/ui/icons.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { type ClientSetup, clientSetups, type Registration } from './clients.ts';

const REGISTRATION: Record<Registration, string> = {
  cimd: 'Registers by CIMD',
  cimd_or_dcr: 'Registers by CIMD, else DCR',
  dcr: 'Registers by DCR',
  dcr_or_cimd: 'Registers by DCR, or CIMD if told',
};

/** How to connect each client, as tabs. */
export function ClientSetupTabs() {
  const settings = config();
  const setups = clientSetups(resourceUrl(settings), settings.serverName);
  return (
    <Tabs
      label="Client"
      first={setups.find(({ remote }) => !(remote && settings.loopback))?.id}
      tabs={setups.map((setup) => ({
        id: setup.id,
        label: setup.name,
        panel: <Setup setup={setup} loopback={settings.loopback} />,
      }))}
    />
  );
}

function Setup({ setup, loopback }: { setup: ClientSetup; loopback: boolean }) {
  return (
    <div className="grid gap-x-12 gap-y-4 lg:grid-cols-2">
      <div className="min-w-0 space-y-4">
        <p>{setup.how}</p>
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
          {setup.remote && loopback && (
            <li className="text-warning">
              {setup.name} connects from its maker&apos;s servers, which cannot reach this machine. Deploy it
              first, or put an https tunnel in front.
            </li>
          )}
          {setup.catches.map((text) => (
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
