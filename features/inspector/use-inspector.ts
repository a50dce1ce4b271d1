import type { CompleteResult } from '@modelcontextprotocol/client';
import { useEffect, useEffectEvent, useReducer, useRef, useState } from 'react';
import { requestFailure } from '#components/ui/request-failure.ts';
import { withScheme } from '#features/discovery/steps/urls.ts';
import { route } from '#lib/config/route.ts';
import { type Access, authorizationOf, SIGN_IN } from './access.ts';
import * as actions from './actions.ts';
import type { CallEvent, CallOutcome, CallRequest, Operation } from './call-messages.ts';
import { type Call, operationOf, type Target } from './calls.ts';
import type { Arguments } from './form-fields.ts';
import type { Refusal, RunEvent, RunRequest, RunResult, SessionSummary, SignInRequest } from './messages.ts';
import { postLines } from './post-lines.ts';
import { runDiscovery } from './run-discovery.ts';
import type { ServerView } from './server/server-view.ts';
import { initialState, reduce } from './state.ts';
import { keepState, keptState, rememberUrl } from './storage.ts';

const isRefusal = (answer: object): answer is Refusal => 'refused' in answer;

/** What a person sets for all calls to a server. */
export type CallSettings = Pick<CallRequest, 'timeoutSeconds' | 'era' | 'logLevel'>;

type Answers = Parameters<typeof operationOf>[3];

let lastId = 0;
const nextId = () => `${Date.now().toString(36)}-${++lastId}`;

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
  const [subscribed, setSubscribed] = useState<readonly string[]>([]);
  const running = useRef(new Map<string, AbortController>());

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

  /** Sends one operation; undefined when it was refused, failed or cancelled before an outcome. */
  async function send(
    server: string,
    by: Access,
    operation: Operation,
    onEvent: (event: CallEvent) => void,
    signal?: AbortSignal,
  ): Promise<CallOutcome | undefined> {
    let outcome: CallOutcome | undefined;
    const body: CallRequest = { server, authorization: authorizationOf(by), operation, ...settings };
    try {
      const refusal = await postLines<CallEvent>(
        route('/inspector/api/call'),
        body,
        (event) => {
          if (event.type === 'started' || event.type === 'exchange') dispatch({ type: 'traced', event });
          else if (event.type === 'done') outcome = event.outcome;
          else if (event.type === 'notification') notify(event);
          else onEvent(event);
        },
        signal,
      );
      if (refusal) dispatch({ type: 'request-failed', failure: refusal.refused });
    } catch (error) {
      if (!signal?.aborted) dispatch({ type: 'request-failed', failure: requestFailure(error) });
    }
    if (outcome && by.kind === 'session') {
      if (outcome.renewed) void actions.keepTokens({ server });
      if (!outcome.session) void actions.disconnect({ server });
      dispatch({ type: 'session-changed', session: outcome.session });
    }
    return outcome;
  }

  function notify({ at, method, params }: Extract<CallEvent, { type: 'notification' }>) {
    dispatch({ type: 'notified', notification: { id: nextId(), at, method, params } });
    if (method.endsWith('/list_changed')) void onListChanged();
  }
  const onListChanged = useEffectEvent(async () => {
    if (state.serverUrl !== undefined && state.busy === undefined) await connect(state.serverUrl);
  });

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

  /** Calls a tool, gets a prompt or reads a resource. */
  async function call(target: Target, values: Arguments, answers?: Answers, from = state.serverUrl) {
    if (from === undefined) return;
    const id = nextId();
    const abort = new AbortController();
    running.current.set(id, abort);
    dispatch({
      type: 'call-started',
      call: { id, target, arguments: values, at: Date.now(), state: 'running' },
    });
    const definition =
      target.kind === 'tool' ? state.view?.tools.find(({ name }) => name === target.name) : undefined;
    const outcome = await send(
      from,
      access,
      operationOf(target, values, definition, answers),
      (event) => {
        if (event.type === 'progress' || event.type === 'asked')
          dispatch({ type: 'call-progressed', id, event });
      },
      abort.signal,
    );
    running.current.delete(id);
    const ended = outcome ? 'done' : abort.signal.aborted ? 'cancelled' : 'failed';
    dispatch({ type: 'call-ended', id, state: ended, outcome });
  }

  function cancel(id: string) {
    running.current.get(id)?.abort();
  }

  /** Answers the question of a server: by a second call in the era of 2026, in the session before. */
  async function answer(asking: Call, responses: Readonly<Record<string, ElicitAnswer>>) {
    const { asked, outcome, target } = asking;
    if (state.serverUrl === undefined) return;
    if (asked) {
      dispatch({ type: 'call-answered', id: asking.id });
      const [response] = Object.values(responses);
      if (response)
        await send(state.serverUrl, access, { kind: 'answer', reply: asked.reply, ...response }, () => {});
      return;
    }
    // An error that asks to open a page (2025-11-25) takes no answers: the request is sent again.
    const accepted = Object.values(responses).every(({ action }) => action === 'accept');
    const state2026 = outcome?.input?.requestState;
    const asks2026 = state.view?.era === 'modern';
    if (!asks2026 && !accepted) return;
    await call(
      target,
      asking.arguments,
      asks2026
        ? { inputResponses: { ...responses }, ...(state2026 !== undefined && { requestState: state2026 }) }
        : undefined,
    );
  }

  /** The values that the server suggests for an argument; undefined without any. */
  async function complete(operation: Extract<Operation, { kind: 'complete' }>, signal: AbortSignal) {
    if (state.serverUrl === undefined) return undefined;
    const outcome = await send(state.serverUrl, access, operation, () => {}, signal);
    return (outcome?.result as CompleteResult | undefined)?.completion.values;
  }

  /** Receives notifications outside of calls, and those about the given resources. */
  async function listen(resources: readonly string[] = subscribed) {
    stopListening();
    if (state.serverUrl === undefined) return;
    const abort = new AbortController();
    running.current.set('listen', abort);
    dispatch({ type: 'listening', listening: 'opening' });
    const outcome = await send(
      state.serverUrl,
      access,
      { kind: 'listen', resources: [...resources] },
      (event) => event.type === 'listening' && dispatch({ type: 'listening', listening: 'on' }),
      abort.signal,
    );
    if (running.current.get('listen') !== abort) return;
    running.current.delete('listen');
    dispatch({ type: 'listening', listening: 'off' });
    const reason = outcome?.failure?.message ?? outcome?.findings[0]?.title ?? 'The server ended it.';
    notify({ type: 'notification', at: Date.now(), method: 'The stream ended', params: { reason } });
  }

  function stopListening() {
    running.current.get('listen')?.abort();
    running.current.delete('listen');
    dispatch({ type: 'listening', listening: 'off' });
  }

  function subscribe(uri: string, on: boolean) {
    const next = on ? [...subscribed, uri] : subscribed.filter((item) => item !== uri);
    setSubscribed(next);
    void listen(next);
  }

  async function refresh() {
    const server = state.session?.serverUrl;
    const answered = server && (await request('call', () => actions.refresh({ server })));
    if (answered) dispatch({ type: 'refreshed', answer: answered });
  }

  async function disconnect() {
    stopListening();
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
    if (repeated) await call(repeated.target, repeated.arguments, undefined, completed.session.serverUrl);
  });

  // Deferred, so that Strict Mode's second run replaces the first, and that Next's router knows the new URL.
  useEffect(() => {
    const timer = setTimeout(resume);
    return () => clearTimeout(timer);
  }, []);

  // Leaving the page or closing the server cancels its calls.
  useEffect(() => {
    const calls = running.current;
    return () => {
      for (const abort of calls.values()) abort.abort();
    };
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
    subscribed,
    run,
    cancelRun,
    signIn,
    connect,
    call,
    cancel,
    answer,
    listen: () => listen(),
    stopListening,
    subscribe,
    refresh,
    disconnect,
    select: (target: Target | undefined) => dispatch({ type: 'selected', target }),
    pin: (id: string, pinned: boolean) => dispatch({ type: 'call-pinned', id, pinned }),
    clearCalls: () => dispatch({ type: 'calls-cleared' }),
    clearNotifications: () => dispatch({ type: 'notifications-cleared' }),
    complete,
  };
}

/** The answer of a person to the question of a server. */
export type ElicitAnswer = {
  action: 'accept' | 'decline' | 'cancel';
  content?: Record<string, unknown>;
};

export type Inspector = ReturnType<typeof useInspector>;
