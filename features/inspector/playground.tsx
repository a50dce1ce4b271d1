import { type RefObject, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/cn.ts';
import { ArrowLeft } from '#components/ui/icons.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { type Access, secretHeaders } from './access.ts';
import { asTexts, type Call, expandTemplate, type Target, targetKey } from './calls.ts';
import { Catalog } from './catalog.tsx';
import type { SampleRequest } from './code-samples.ts';
import type { Arguments } from './field.ts';
import { History } from './history.tsx';
import { Notifications } from './notifications.tsx';
import { RequestList } from './request-list.tsx';
import { ResultPanel } from './result-panel.tsx';
import type { ServerView } from './server/server-view.ts';
import type { InspectorState } from './state.ts';
import { TargetPanel } from './target-panel.tsx';
import type { Inspector } from './use-inspector.ts';
import { ToolView } from './views/tool-view.tsx';

/** Three panes: what the server offers, the form with its result, and what was sent. One below the other on phones. */
export function Playground({
  inspector,
  state,
  view,
}: {
  inspector: Inspector;
  state: InspectorState;
  view: ServerView;
}) {
  const { access, call, cancel, answer, signIn, select, pin, clearCalls, subscribed } = inspector;
  const { calls, selected, notifications } = state;
  const [shownId, setShownId] = useState<string>();
  /** Arguments that a form begins with, when a call of the history was opened. */
  const [opened, setOpened] = useState<{ version: number; values: Arguments }>();
  const [stale, setStale] = useState(false);

  const key = selected && targetKey(selected);
  const ofTarget = calls.filter((item) => targetKey(item.target) === key);
  const shown = ofTarget.find(({ id }) => id === shownId) ?? ofTarget[0];
  const running = new Set(
    calls.flatMap(({ state, target }) => (state === 'running' ? [targetKey(target)] : [])),
  );

  const list = useRef<HTMLDivElement>(null);
  const detail = useRef<HTMLDivElement>(null);

  function choose(target: Target) {
    focusIfLost(detail);
    setShownId(undefined);
    setOpened(undefined);
    setStale(false);
    select(target);
  }
  function start(target: Target, values: Arguments) {
    setShownId(undefined);
    setStale(false);
    void call(target, values);
  }
  function show(item: Call) {
    select(item.target);
    setShownId(item.id);
    setStale(false);
    setOpened({ version: (opened?.version ?? 0) + 1, values: item.arguments });
  }
  return (
    <div className="grid gap-6 lg:grid-cols-[16rem_minmax(0,1fr)] xl:grid-cols-[18rem_minmax(0,1fr)_22rem]">
      <div ref={list} tabIndex={-1} className={cn('min-w-0 outline-none', selected && 'hidden lg:block')}>
        <Catalog view={view} selected={selected} running={running} onSelect={choose} />
      </div>
      <div
        ref={detail}
        tabIndex={-1}
        className={cn('min-w-0 space-y-6 outline-none', !selected && 'hidden lg:block')}
      >
        {selected && (
          <Button size="small" variant="quiet" className="lg:hidden" onClick={() => select(undefined)}>
            <ArrowLeft size={16} aria-hidden />
            All tools, prompts and resources
          </Button>
        )}
        {selected ? (
          <TargetPanel
            target={selected}
            view={view}
            calls={calls}
            given={opened?.values ?? ofTarget[0]?.arguments}
            version={opened?.version ?? 0}
            subscribed={subscribed.includes(selected.name)}
            onCall={(values) => start(selected, values)}
            onCancel={cancel}
            onInvalid={() => setStale(true)}
            onSubscribe={(on) => inspector.subscribe(selected.name, on)}
            complete={inspector.complete}
          />
        ) : (
          <p className="text-sm text-muted-foreground">
            Choose a tool, a prompt or a resource. Its form and its results appear here.
          </p>
        )}
        {selected && shown && (
          <ResultPanel
            key={shown.id}
            call={shown}
            tool={
              selected.kind === 'tool' ? view.tools.find(({ name }) => name === selected.name) : undefined
            }
            sample={sampleOf(shown, view, state, access)}
            stale={stale}
            busy={state.busy !== undefined}
            onCancel={() => cancel(shown.id)}
            onAnswer={(responses) => answer(shown, responses)}
            onStepUp={(offer) => signIn({ as: 'step-up', offer }, shown.id)}
          >
            <ToolView call={shown} tools={view.tools} send={inspector.send} />
          </ResultPanel>
        )}
      </div>
      <aside aria-label="Activity" className="min-w-0 lg:col-span-2 xl:col-span-1">
        <Tabs
          label="Activity"
          tabs={[
            {
              id: 'history',
              label: 'History',
              panel: (
                <History
                  calls={calls}
                  shown={shown?.id}
                  onShow={show}
                  onReplay={(item) => {
                    show(item);
                    start(item.target, item.arguments);
                  }}
                  onPin={pin}
                  onClear={clearCalls}
                />
              ),
            },
            { id: 'requests', label: 'Requests', panel: <RequestList rows={state.rows} /> },
            {
              id: 'notifications',
              label: (
                <>
                  Notifications{' '}
                  {notifications.length > 0 && (
                    <span className="text-muted-foreground tabular-nums">{notifications.length}</span>
                  )}
                </>
              ),
              panel: (
                <Notifications
                  state={state}
                  subscribed={subscribed}
                  onListen={inspector.listen}
                  onStop={inspector.stopListening}
                  onClear={inspector.clearNotifications}
                />
              ),
            },
          ]}
        />
      </aside>
    </div>
  );
}

/** On a phone the focused control is hidden with its pane: the focus goes on to the pane that replaces it. */
function focusIfLost(pane: RefObject<HTMLElement | null>): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) pane.current?.focus();
  });
}

function sampleOf(
  { target, arguments: values }: Call,
  view: ServerView,
  { serverUrl = '' }: InspectorState,
  access: Access,
): SampleRequest {
  const shared = {
    serverUrl,
    era: view.era,
    sse: view.sse,
    protocolVersion: view.protocolVersion,
    secretHeaders: secretHeaders(access),
  };
  switch (target.kind) {
    case 'tool':
      return { ...shared, method: 'tools/call', params: { name: target.name, arguments: values } };
    case 'prompt':
      return { ...shared, method: 'prompts/get', params: { name: target.name, arguments: values } };
    case 'resource':
      return { ...shared, method: 'resources/read', params: { uri: target.name } };
    case 'template':
      return {
        ...shared,
        method: 'resources/read',
        params: { uri: expandTemplate(target.name, asTexts(values)) },
      };
  }
}
