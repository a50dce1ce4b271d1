import { useEffect, useEffectEvent, useReducer, useState } from 'react';
import { requestFailure } from '#components/ui/request-failure.ts';
import { withScheme } from '#features/discovery/steps/urls.ts';
import { route } from '#lib/config/route.ts';
import { type Access, SIGN_IN } from './access.ts';
import * as actions from './actions.ts';
import { callActions } from './call-actions.ts';
import type { Operation } from './call-messages.ts';
import type { Target } from './calls.ts';
import type { Refusal, RunEvent, RunRequest, RunResult, SessionSummary, SignInRequest } from './messages.ts';
import { runDiscovery } from './run-discovery.ts';
import { type CallSettings, sender } from './send.ts';
import type { ServerView } from './server/server-view.ts';
import { initialState, reduce } from './state.ts';
import { keepState, keptState, rememberUrl } from './storage.ts';
import { useListening } from './use-listening.ts';
import { useRunning } from './use-running.ts';

const isRefusal = (answer: object): answer is Refusal => 'refused' in answer;

/** Remembers the URL of a run that sent a request. A URL with a credential in its query is not kept. */
function rememberExamined(serverUrl: string, { shownUrl, findings }: RunResult): void {
  if (findings.some(({ id }) => id === 'url-invalid')) return;
  if (URL.parse(serverUrl)?.href === shownUrl) rememberUrl(serverUrl);
}

/**
 * The state of the inspector for one server, and the functions that change it.
 *
 * @param options.tab - under which the state is kept
 * @param options.sessions - at rendering, those that the cookies of the browser hold
 * @param options.active - whether this is the server that is shown: it gets the return from a sign-in
 */
export function useInspector({
  tab,
  url,
  sessions,
  active,
}: {
  tab: string;
  url: string | undefined;
  sessions: readonly SessionSummary[];
  active: boolean;
}) {
  const sessionAt = (server: string | undefined) => sessions.find(({ serverUrl }) => serverUrl === server);
  const [state, dispatch] = useReducer(reduce, sessionAt(url), initialState);
  const [access, setAccess] = useState<Access>(SIGN_IN);
  const [settings, setSettings] = useState<CallSettings>({ timeoutSeconds: 60, era: 'auto' });
  const running = useRunning();
  const onListChanged = useEffectEvent(async () => {
    if (state.serverUrl !== undefined && state.busy === undefined) await connect(state.serverUrl);
  });
  const send = sender(dispatch, settings, state.view, () => void onListChanged());
  const calls = callActions({ state, dispatch, send, access, running });
  const listening = useListening({ serverUrl: state.serverUrl, dispatch, send, access, running });

  /** The answer of an action; undefined when it was refused or failed, as the state then says. */
  async function request<Answer extends object>(
    busy: 'sign-in' | 'call',
    action: () => Promise<Answer | Refusal>,
  ): Promise<Answer | undefined> {
    dispatch({ type: 'request-started', busy });
    try {
      const answer = await action();
      if (!isRefusal(answer)) return answer;
      dispatch({ type: 'request-failed', failure: answer.refused });
    } catch (error) {
      dispatch({ type: 'request-failed', failure: requestFailure(error) });
    }
    return undefined;
  }

  /** Runs discovery for a URL as entered. */
  async function run(asked: RunRequest) {
    const serverUrl = withScheme(asked.url).url;
    const session = state.session?.serverUrl === serverUrl ? state.session : sessionAt(serverUrl);
    const abort = new AbortController();
    running.current.set('run', abort);
    dispatch({ type: 'run-started', serverUrl, session });
    const onEvent = (event: RunEvent) => {
      if (abort.signal.aborted) return;
      if (event.type === 'done') rememberExamined(serverUrl, event);
      dispatch({ type: 'run-progressed', event });
    };
    const refusal = await runDiscovery(asked, onEvent, abort.signal).catch((error) => ({
      refused: requestFailure(error),
    }));
    if (abort.signal.aborted) return;
    running.current.delete('run');
    if (refusal) return dispatch({ type: 'request-failed', failure: refusal.refused });
    dispatch({ type: 'run-ended' });
    // With a session at this server, its answer to the token is part of the result.
    if (session && access.kind === 'session') await connect(serverUrl);
  }

  function cancelRun() {
    running.current.get('run')?.abort();
    running.current.delete('run');
    dispatch({ type: 'run-cancelled' });
  }

  async function signIn(how: SignInRequest, retry?: string) {
    const answer = await request('sign-in', () => actions.signInToServer(how));
    if (answer) dispatch({ type: 'sign-in-begun', answer, retry });
  }

  /** Reads what the server offers. */
  async function connect(server: string, by: Access = access) {
    dispatch({ type: 'request-started', busy: 'call' });
    const outcome = await send(server, by, { kind: 'view' }, () => {});
    if (!outcome) return;
    const view = outcome.result as ServerView | undefined;
    const { failure, findings } = outcome;
    const shown =
      failure === undefined
        ? findings
        : [
            ...findings,
            {
              id: 'server-error',
              severity: 'error' as const,
              title: 'The server returned an error',
              observed: failure.message,
              reference: { name: 'JSON-RPC 2.0', url: 'https://www.jsonrpc.org/specification#error_object' },
            },
          ];
    dispatch({ type: 'connected', serverUrl: server, outcome: { ...outcome, findings: shown }, view });
  }

  async function refresh() {
    const server = state.session?.serverUrl;
    const answered = server && (await request('call', () => actions.refresh({ server })));
    if (answered) dispatch({ type: 'refreshed', answer: answered });
  }

  async function disconnect() {
    listening.stopListening();
    const server = state.serverUrl ?? state.session?.serverUrl;
    if (access.kind !== 'session') dispatch({ type: 'disconnected' });
    else if (server && (await request('call', () => actions.disconnect({ server }))))
      dispatch({ type: 'disconnected' });
  }

  const resume = useEffectEvent(async () => {
    const kept = keptState(tab);
    if (kept) dispatch({ type: 'restored', state: kept, session: sessionAt(kept.serverUrl ?? url) });
    if (!active || !new URLSearchParams(window.location.search).has('returned')) return;
    window.history.replaceState(null, '', route('/inspector'));
    const completed = await request('sign-in', actions.finishSignIn);
    if (!completed) return;
    dispatch({ type: 'sign-in-completed', answer: completed });
    if (!completed.session) return;
    await connect(completed.session.serverUrl, SIGN_IN);
    const repeated = kept?.calls.find(({ id }) => id === kept.retry);
    dispatch({ type: 'retried' });
    if (repeated)
      await calls.call(repeated.target, repeated.arguments, undefined, completed.session.serverUrl);
  });

  // Deferred, so that Strict Mode's second run replaces the first, and that Next's router knows the new URL.
  useEffect(() => {
    const timer = setTimeout(resume);
    return () => clearTimeout(timer);
  }, []);

  useEffect(() => {
    if (state.busy === undefined && (state.rows.length > 0 || state.view)) keepState(tab, state);
  }, [tab, state]);

  // After the state was kept.
  useEffect(() => {
    if (state.leavingFor !== undefined) window.location.assign(state.leavingFor);
  }, [state.leavingFor]);

  return {
    state,
    access,
    setAccess,
    settings,
    setSettings,
    run,
    cancelRun,
    signIn,
    connect,
    ...calls,
    ...listening,
    refresh,
    disconnect,
    /** Sends one operation that is not in the history. */
    send: async (operation: Operation, signal: AbortSignal) =>
      state.serverUrl === undefined ? undefined : send(state.serverUrl, access, operation, () => {}, signal),
    select: (target: Target | undefined) => dispatch({ type: 'selected', target }),
    pin: (id: string, pinned: boolean) => dispatch({ type: 'call-pinned', id, pinned }),
    clearCalls: () => dispatch({ type: 'calls-cleared' }),
    clearNotifications: () => dispatch({ type: 'notifications-cleared' }),
  };
}

export type Inspector = ReturnType<typeof useInspector>;
