import type { ReactNode } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { escapeInvisible, sanitize } from '#lib/text/sanitize.ts';
import { PromptItem } from './prompt-item.tsx';
import { ResourceItem } from './resource-item.tsx';
import type { ServerView } from './server/server-view.ts';
import { ToolItem } from './tool-item.tsx';
import type { Inspector } from './use-inspector.ts';

type Props = { view: ServerView; busy: boolean; use: Inspector['use'] };

/** What a server offers once one is signed in. */
export function ServerPanel({ view, busy, use }: Props) {
  const { tools, resources, resourceTemplates, prompts } = view;
  const tabs = [
    {
      id: 'tools',
      label: <Count name="Tools" count={tools.length} />,
      panel: (
        <Items empty="This server offers you no tools.">
          {tools.map((tool) => (
            <ToolItem key={tool.name} tool={tool} busy={busy} use={use} />
          ))}
        </Items>
      ),
    },
    {
      id: 'resources',
      label: <Count name="Resources" count={resources.length + resourceTemplates.length} />,
      panel: (
        <Items empty="This server offers no resources.">
          {resources.map((resource) => (
            <ResourceItem
              key={resource.uri}
              name={resource.title ?? resource.name}
              uri={resource.uri}
              {...(resource.description !== undefined && { description: resource.description })}
              busy={busy}
              use={use}
            />
          ))}
          {resourceTemplates.map((template) => (
            <ResourceItem
              key={template.uriTemplate}
              name={template.title ?? template.name}
              uri={template.uriTemplate}
              template
              {...(template.description !== undefined && { description: template.description })}
              busy={busy}
              use={use}
            />
          ))}
        </Items>
      ),
    },
    {
      id: 'prompts',
      label: <Count name="Prompts" count={prompts.length} />,
      panel: (
        <Items empty="This server offers no prompts.">
          {prompts.map((prompt) => (
            <PromptItem key={prompt.name} prompt={prompt} busy={busy} use={use} />
          ))}
        </Items>
      ),
    },
    { id: 'capabilities', label: 'Capabilities', panel: <Capabilities view={view} /> },
  ];
  return (
    <section aria-labelledby="server" className="space-y-4">
      <h2 id="server" className="flex flex-wrap items-center gap-2 text-base">
        {sanitize(view.serverInfo?.title ?? view.serverInfo?.name, 80) || 'The server'}
        <Era view={view} />
      </h2>
      {view.instructions && (
        <p className="max-w-[65ch] text-sm text-muted-foreground">{sanitize(view.instructions, 1000)}</p>
      )}
      <Tabs label="What the server offers" tabs={tabs} />
    </section>
  );
}

function Count({ name, count }: { name: string; count: number }) {
  return (
    <>
      {name} <span className="text-muted-foreground tabular-nums">{count}</span>
    </>
  );
}

function Items({ empty, children }: { empty: string; children: ReactNode[] | ReactNode }) {
  const items = Array.isArray(children) ? children.flat() : [children];
  return items.length === 0 ? (
    <p className="text-sm text-muted-foreground">{empty}</p>
  ) : (
    <ul className="space-y-2">{items}</ul>
  );
}

/** The protocol era that client and server settled on. */
function Era({ view }: { view: ServerView }) {
  return (
    <Badge
      tone="accent"
      title={
        view.era === 'modern'
          ? 'Stateless: server/discover, no session'
          : 'With a handshake: initialize, then a session where the server wants one'
      }
    >
      {view.era === 'modern' ? 'Modern era' : 'Earlier era'}, {view.protocolVersion}
    </Badge>
  );
}

const MEANINGS: Record<string, string> = {
  tools: 'Functions that a client may call.',
  resources: 'Data that a client may read by URI.',
  prompts: 'Templates for messages that people choose.',
  completions: 'Suggests values for arguments.',
  logging: 'Sends log messages to the client.',
  tasks: 'Runs calls as tasks that can be asked after.',
  experimental: 'Not part of the standard.',
  extensions: 'Extensions of the protocol, each under a name of its own.',
};

function Capabilities({ view }: { view: ServerView }) {
  const entries = Object.entries(view.capabilities);
  return (
    <div className="space-y-4">
      {entries.length === 0 ? (
        <p className="text-sm text-muted-foreground">The server names no capabilities.</p>
      ) : (
        <dl className="grid gap-x-4 gap-y-2 text-sm sm:grid-cols-[10rem_1fr]">
          {entries.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="font-mono wrap-anywhere">{sanitize(name, 60)}</dt>
              <dd>
                {MEANINGS[name] ?? 'Unknown to this inspector.'}{' '}
                {typeof value === 'object' && value !== null && Object.keys(value).length > 0 && (
                  <code className="wrap-anywhere text-muted-foreground">
                    {sanitize(JSON.stringify(value), 500)}
                  </code>
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <CodeBlock
        title="As JSON"
        code={escapeInvisible({ serverInfo: view.serverInfo, ...view.capabilities })}
      />
    </div>
  );
}
