'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { withScheme } from '#features/discovery/steps/urls.ts';
import { AccessForm } from './access-form.tsx';
import { Capabilities } from './capabilities.tsx';
import { DiscoveryPanel } from './discovery-panel.tsx';
import { DiscoveryResults } from './discovery-results.tsx';
import { LenientSignIn } from './lenient-sign-in.tsx';
import type { RunRequest, SessionSummary } from './messages.ts';
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
  fromLink,
  sessions,
  active,
  onUrl,
}: {
  tab: string;
  /** Of the server that the tab was opened for. */
  url: string | undefined;
  defaultUrl: string;
  /** Whether a link brought `url`. */
  fromLink: boolean;
  sessions: readonly SessionSummary[];
  active: boolean;
  onUrl: (url: string) => void;
}) {
  const inspector = useInspector({ tab, url, sessions, active });
  const { state, access, setAccess, run, cancelRun, signIn, connect } = inspector;
  const { busy, view, session, serverUrl } = state;
  const [unfolded, setUnfolded] = useState(false);
  const [entered, setEntered] = useState(url ?? defaultUrl);
  const [refused] = state.findings.call;
  const connected = view !== undefined && (access.kind !== 'session' || session !== undefined);
  const token =
    access.kind === 'session'
      ? session?.token
      : access.kind === 'bearer' && access.token !== ''
        ? tokenView(access.token)
        : undefined;
  const discovered = serverUrl !== undefined && state.discovery.status !== 'not-run';
  function start(asked: RunRequest) {
    const target = withScheme(asked.url).url;
    onUrl(target);
    setEntered(target);
    setUnfolded(false);
    void run(asked);
  }
  const results = <DiscoveryResults state={state} onRun={start} />;

  return (
    <div className={connected ? 'space-y-5' : 'space-y-8'}>
      <DiscoveryPanel
        state={state}
        url={serverUrl ?? entered}
        fromLink={fromLink}
        folded={connected && !unfolded}
        onFold={(folded) => setUnfolded(!folded)}
        onRun={start}
        onCancel={cancelRun}
        onUrl={setEntered}
      >
        <AccessForm
          access={access}
          busy={busy !== undefined}
          onChange={setAccess}
          onConnect={() => {
            const target = withScheme(entered).url;
            onUrl(target);
            setUnfolded(false);
            void connect(target);
          }}
        />
      </DiscoveryPanel>
      {!connected && refused && (
        <Callout tone="bad" title={refused.title} live>
          <p className="wrap-anywhere">{refused.observed}</p>
          <p className="mt-1 wrap-anywhere">{refused.fix}</p>
        </Callout>
      )}
      {state.open && !connected && access.kind === 'session' && (
        <Callout tone="neutral" title="This server needs no authorization" live>
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
        <LenientSignIn key={state.offer.sealed} refusedFor={state.offer.refusedFor}>
          <SignInPanel offer={state.offer} busy={busy !== undefined} onSignIn={signIn} />
        </LenientSignIn>
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
