'use client';

import { Callout } from '#components/ui/callout.tsx';
import { refresh } from './actions.ts';
import { DiscoveryPanel } from './discovery-panel.tsx';
import type { SessionSummary } from './messages.ts';
import { ServerPanel } from './server-panel.tsx';
import { SessionPanel, StepUpNotice } from './session-panel.tsx';
import { SignInPanel } from './sign-in-panel.tsx';
import { useInspector } from './use-inspector.ts';

/** The inspector: discovery, its requests and findings, sign-in, and calls to the server. */
export function Inspector({
  owner,
  defaultUrl,
  session,
}: {
  /** Id of the signed-in user. */
  owner: string;
  defaultUrl: string;
  session: SessionSummary | undefined;
}) {
  const { state, run, signIn, call, connect, disconnect } = useInspector(owner, session);
  const { busy } = state;
  const [refused] = state.findings.call;

  return (
    <div className="space-y-10">
      <DiscoveryPanel state={state} defaultUrl={defaultUrl} onRun={run} />
      {!state.session && refused && (
        <Callout tone="bad" title={refused.title} live>
          <p className="wrap-anywhere">{refused.observed}</p>
          <p className="mt-1 wrap-anywhere">{refused.fix}</p>
        </Callout>
      )}
      {state.offer && !state.session && (
        <SignInPanel offer={state.offer} busy={busy !== undefined} onSignIn={signIn} />
      )}
      {state.session && (
        <SessionPanel
          session={state.session}
          connected={state.view !== undefined}
          busy={busy !== undefined}
          onConnect={connect}
          onRefresh={() => call(refresh)}
          onDisconnect={disconnect}
        />
      )}
      {state.stepUp && (
        <StepUpNotice
          scopes={state.stepUp}
          busy={busy !== undefined}
          onStepUp={() => signIn({ as: 'step-up' })}
        />
      )}
      {state.view && <ServerPanel view={state.view} busy={busy !== undefined} call={call} />}
    </div>
  );
}
