import { sanitize } from '#lib/text/sanitize.ts';
import { JsonView } from './json-view.tsx';
import type { ServerView } from './server/server-view.ts';

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

/** What a server says about itself. */
export function Capabilities({ view }: { view: ServerView }) {
  const entries = Object.entries(view.capabilities);
  return (
    <div className="max-w-[60rem] space-y-4">
      {view.instructions && (
        <section aria-label="Instructions">
          <h3 className="text-sm text-muted-foreground">Instructions for models</h3>
          <p className="max-w-[65ch] text-sm wrap-anywhere">{sanitize(view.instructions, 1000)}</p>
        </section>
      )}
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
      <JsonView title="As JSON" value={{ serverInfo: view.serverInfo, ...view.capabilities }} />
    </div>
  );
}
