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

type Props = { view: ServerView; busy: boolean; call: Inspector['call'] };

/** The tools, resources, prompts and capabilities of a server. */
export function ServerPanel({ view, busy, call }: Props) {
  const { tools, resources, resourceTemplates, prompts } = view;
  const tabs = [
    {
      id: 'tools',
      label: <Count name="Tools" count={tools.length} />,
      panel: (
        <Items empty="No tools" count={tools.length}>
          {tools.map((tool) => (
            <ToolItem key={tool.name} tool={tool} busy={busy} call={call} />
          ))}
        </Items>
      ),
    },
    {
      id: 'resources',
      label: <Count name="Resources" count={resources.length + resourceTemplates.length} />,
      panel: (
        <Items empty="No resources" count={resources.length + resourceTemplates.length}>
          {resources.map((resource) => (
            <ResourceItem
              key={resource.uri}
              name={resource.title ?? resource.name}
              uri={resource.uri}
              description={resource.description}
              busy={busy}
              call={call}
            />
          ))}
          {resourceTemplates.map((template) => (
            <ResourceItem
              key={template.uriTemplate}
              name={template.title ?? template.name}
              uri={template.uriTemplate}
              template
              description={template.description}
              busy={busy}
              call={call}
            />
          ))}
        </Items>
      ),
    },
    {
      id: 'prompts',
      label: <Count name="Prompts" count={prompts.length} />,
      panel: (
        <Items empty="No prompts" count={prompts.length}>
          {prompts.map((prompt) => (
            <PromptItem key={prompt.name} prompt={prompt} busy={busy} call={call} />
          ))}
        </Items>
      ),
    },
    { id: 'capabilities', label: 'Capabilities', panel: <Capabilities view={view} /> },
  ];
  return (
    <section aria-labelledby="server" className="space-y-4">
      <h2 id="server" className="flex flex-wrap items-center gap-2 text-base">
        {sanitize(view.serverInfo?.title ?? view.serverInfo?.name, 80) || 'Server'}
        <Era view={view} />
      </h2>
      {view.instructions && (
        <p className="max-w-[65ch] text-sm text-muted-foreground">{sanitize(view.instructions, 1000)}</p>
      )}
      <Tabs label="Server" tabs={tabs} />
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

function Items({ empty, count, children }: { empty: string; count: number; children: ReactNode }) {
  return count === 0 ? (
    <p className="text-sm text-muted-foreground">{empty}</p>
  ) : (
    <ul className="space-y-2">{children}</ul>
  );
}

/** The negotiated protocol version and its era. */
function Era({ view }: { view: ServerView }) {
  return (
    <Badge
      tone="accent"
      title={
        view.era === 'modern'
          ? 'Stateless: server/discover, no session'
          : 'With a handshake: initialize, then a session if the server uses one'
      }
    >
      {view.protocolVersion} ({view.era === 'modern' ? 'stateless' : 'session'})
    </Badge>
  );
}

const DESCRIPTIONS: Record<string, string> = {
  tools: 'Functions that a client can call.',
  resources: 'Data that a client can read by URI.',
  prompts: 'Message templates for users.',
  completions: 'Completes values of arguments.',
  logging: 'Sends log messages to the client.',
  tasks: 'Runs calls as tasks whose status can be requested.',
  experimental: 'Not part of the standard.',
  extensions: 'Extensions of the protocol by name.',
};

function Capabilities({ view }: { view: ServerView }) {
  const entries = Object.entries(view.capabilities);
  return (
    <div className="space-y-4">
      {entries.length === 0 ? (
        <p className="text-sm text-muted-foreground">No capabilities</p>
      ) : (
        <dl className="grid gap-x-4 gap-y-2 text-sm sm:grid-cols-[10rem_1fr]">
          {entries.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="font-mono wrap-anywhere">{sanitize(name, 60)}</dt>
              <dd>
                {DESCRIPTIONS[name] ?? 'Not recognised.'}{' '}
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
