'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { AccessForm } from './access-form.tsx';
import { Capabilities } from './capabilities.tsx';
import { DiscoveryPanel, DiscoveryResults } from './discovery-panel.tsx';
import type { SessionSummary } from './messages.ts';
import { Playground } from './playground.tsx';
import { ServerBar } from './server-bar.tsx';
import { SignInPanel } from './sign-in-panel.tsx';
import { TokenPanel } from './token-panel.tsx';
import { tokenView } from './token-view.ts';
import { useInspector } from './use-inspector.ts';

/** The inspector for one server: discovery, its requests and findings, sign-in, and the playground. */
export function Inspector({
  tab,
  url,
  defaultUrl,
  sessions,
  active,
  onUrl,
}: {
  tab: string;
  /** Of the server that the tab was opened for. */
  url: string | undefined;
  defaultUrl: string;
  sessions: readonly SessionSummary[];
  active: boolean;
  onUrl: (url: string) => void;
}) {
  const inspector = useInspector({ tab, url, sessions, active });
  const { state, access, setAccess, run, signIn, connect } = inspector;
  const { busy, view, session, serverUrl } = state;
  const [entered, setEntered] = useState(url ?? defaultUrl);
  const [refused] = state.findings.call;
  const connected = view !== undefined && (access.kind !== 'session' || session !== undefined);
  const token =
    access.kind === 'session'
      ? session?.token
      : access.kind === 'bearer' && access.token !== ''
        ? tokenView(access.token)
        : undefined;
  const discovered = serverUrl !== undefined && state.rows.length + state.findings.run.length > 0;
  const results = <DiscoveryResults state={state} />;

  return (
    <div className="space-y-8">
      <div>
        <DiscoveryPanel
          state={state}
          defaultUrl={serverUrl ?? entered}
          onRun={(target) => {
            onUrl(target);
            setEntered(target);
            void run(target);
          }}
          onUrl={setEntered}
        >
          <AccessForm
            access={access}
            busy={busy !== undefined}
            onChange={setAccess}
            onConnect={() => {
              onUrl(entered.trim());
              void connect(entered.trim());
            }}
          />
        </DiscoveryPanel>
      </div>
      {!connected && refused && (
        <Callout tone="bad" title={refused.title} live>
          <p className="wrap-anywhere">{refused.observed}</p>
          <p className="mt-1 wrap-anywhere">{refused.fix}</p>
        </Callout>
      )}
      {state.open && !connected && access.kind === 'session' && (
        <Callout tone="ok" title="This server needs no authorization" live>
          <Button
            size="small"
            className="mt-2"
            disabled={busy !== undefined}
            onClick={() => {
              const none = { ...access, kind: 'none' as const };
              setAccess(none);
              if (serverUrl !== undefined) void connect(serverUrl, none);
            }}
          >
            Connect without authorization
          </Button>
        </Callout>
      )}
      {state.offer && !session && access.kind === 'session' && (
        <SignInPanel offer={state.offer} busy={busy !== undefined} onSignIn={signIn} />
      )}
      {(connected || (session && access.kind === 'session')) && (
        <ServerBar inspector={inspector} state={state} />
      )}
      {connected && view ? (
        <Tabs
          key={serverUrl}
          label="Inspector"
          tabs={[
            {
              id: 'playground',
              label: 'Playground',
              panel: <Playground inspector={inspector} state={state} view={view} />,
            },
            { id: 'discovery', label: 'Discovery', panel: results },
            ...(token && serverUrl
              ? [
                  {
                    id: 'token',
                    label: 'Token',
                    panel: (
                      <TokenPanel
                        token={token}
                        session={access.kind === 'session' ? session : undefined}
                        resource={session && access.kind === 'session' ? session.resource : serverUrl}
                      />
                    ),
                  },
                ]
              : []),
            { id: 'capabilities', label: 'Capabilities', panel: <Capabilities view={view} /> },
          ]}
        />
      ) : (
        discovered && results
      )}
    </div>
  );
}
