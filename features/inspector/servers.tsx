'use client';

import { useEffect, useEffectEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import { Inspector } from './inspector.tsx';
import type { SessionSummary } from './messages.ts';
import { forgetState, keepServers, keptServers, type OpenServers } from './storage.ts';

const MAX_SERVERS = 8;

let opened = 0;
const newId = () => `${Date.now().toString(36)}${(opened++).toString(36)}`;

/** Several servers side by side, each with its own state and its own tokens. */
export function Servers({
  owner,
  defaultUrl,
  linkedUrl,
  sessions,
}: {
  /** Id of the signed-in user. */
  owner: string;
  defaultUrl: string;
  /** The URL that a link brought: its server opens in a tab of its own. */
  linkedUrl: string | undefined;
  /** The sessions that this browser holds. */
  sessions: readonly SessionSummary[];
}) {
  const [open, setOpen] = useState<OpenServers>();

  const restore = useEffectEvent(() => {
    const kept = keptServers(owner);
    if (linkedUrl !== undefined) return setOpen(withServer(kept?.tabs ?? [], linkedUrl));
    if (kept && kept.tabs.length > 0) return setOpen(kept);
    const tabs =
      sessions.length > 0
        ? sessions.map(({ serverUrl }) => ({ id: newId(), url: serverUrl }))
        : [{ id: newId(), url: undefined }];
    setOpen({ tabs, active: tabs.at(-1)?.id ?? '' });
  });
  useEffect(() => restore(), []);
  useEffect(() => {
    if (open) keepServers(open);
  }, [open]);

  if (!open) return null;
  const { tabs, active } = open;

  function add() {
    const id = newId();
    setOpen({ tabs: [...tabs, { id, url: undefined }], active: id });
  }
  function close(id: string) {
    forgetState(id);
    const rest = tabs.filter((tab) => tab.id !== id);
    setOpen({ tabs: rest, active: active === id ? (rest.at(-1)?.id ?? '') : active });
  }
  function setUrl(id: string, url: string) {
    // The tabs are stored: a URL with a password, which no run accepts, is not kept.
    const parsed = URL.parse(url);
    if (parsed === null || parsed.username !== '' || parsed.password !== '') return;
    setOpen((now) => now && { ...now, tabs: now.tabs.map((tab) => (tab.id === id ? { id, url } : tab)) });
  }

  return (
    <div className="space-y-6">
      <nav aria-label="Servers" className="flex flex-wrap items-center gap-1 border-b border-border pb-2">
        {tabs.length > 1 &&
          tabs.map(({ id, url }, index) => {
            const name = url === undefined ? `New server ${index + 1}` : hostOf(url);
            return (
              <span
                key={id}
                className="flex min-w-0 max-w-full items-center rounded-lg has-[[aria-current]]:bg-accent"
              >
                <button
                  type="button"
                  aria-current={id === active ? 'true' : undefined}
                  title={url}
                  onClick={() => setOpen({ ...open, active: id })}
                  className="min-h-8 min-w-0 truncate px-3 font-mono text-sm text-muted-foreground aria-[current]:text-primary"
                >
                  {name}
                </button>
                <Button size="small" variant="quiet" aria-label={`Close ${name}`} onClick={() => close(id)}>
                  ×
                </Button>
              </span>
            );
          })}
        <Button
          size="small"
          variant="quiet"
          className={tabs.length === 1 ? '-ml-3' : undefined}
          disabled={tabs.length >= MAX_SERVERS}
          onClick={add}
        >
          Add a server
        </Button>
      </nav>
      {tabs.map(({ id, url }) => (
        <div key={id} hidden={id !== active}>
          <Inspector
            tab={id}
            url={url}
            defaultUrl={defaultUrl}
            fromLink={linkedUrl !== undefined && url === linkedUrl}
            sessions={sessions}
            active={id === active}
            onUrl={(next) => setUrl(id, next)}
          />
        </div>
      ))}
    </div>
  );
}

/** The tabs with the one of this server active; the oldest makes room for a new one. */
function withServer(tabs: OpenServers['tabs'], url: string): OpenServers {
  const there = tabs.find((tab) => tab.url === url);
  if (there) return { tabs, active: there.id };
  const id = newId();
  return { tabs: [...tabs.slice(1 - MAX_SERVERS), { id, url }], active: id };
}

function hostOf(url: string): string {
  const { host, pathname } = URL.parse(url) ?? { host: url, pathname: '' };
  return sanitize(`${host}${pathname === '/' || pathname === '/mcp' ? '' : pathname}`, 60);
}
