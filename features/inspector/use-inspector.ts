import { useEffect, useEffectEvent, useReducer } from 'react';
import { requestFailure } from '#components/ui/request-failure.ts';
import { route } from '#lib/config/route.ts';
import * as actions from './actions.ts';
import type { CallAnswer, CallResult, Refusal, SessionSummary, SignInRequest } from './messages.ts';
import { runDiscovery } from './run-discovery.ts';
import { initialState, reduce } from './state.ts';
import { keepState, keptState } from './storage.ts';

const isRefusal = (answer: object): answer is Refusal => 'refused' in answer;

/**
 * The state of the inspector and the functions that change it.
 *
 * @param owner - id of the signed-in user
 * @param session - the session at rendering
 */
export function useInspector(owner: string, session: SessionSummary | undefined) {
  const [state, dispatch] = useReducer(reduce, session, initialState);

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

  async function run(serverUrl: string) {
    dispatch({ type: 'run-started', serverUrl });
    const refusal = await runDiscovery({ url: serverUrl }, (event) =>
      dispatch({ type: 'run-progressed', event }),
    ).catch((error) => ({ refused: requestFailure(error) }));
    if (refusal) return dispatch({ type: 'request-failed', failure: refusal.refused });
    dispatch({ type: 'run-ended' });
    // With a session at this server, its answer to the token is part of the result.
    if (state.session?.serverUrl === serverUrl) await connect();
  }

  async function signIn(how: SignInRequest) {
    const answer = await request('sign-in', () => actions.signInToServer(how));
    if (answer) dispatch({ type: 'sign-in-begun', answer });
  }

  /** Makes one request to the server of the session. */
  async function call<Result extends CallResult>(
    action: () => Promise<CallAnswer<Result> | Refusal>,
  ): Promise<CallAnswer<Result> | undefined> {
    const answer = await request('call', action);
    if (answer) dispatch({ type: 'called', answer });
    return answer;
  }

  async function connect() {
    const answer = await request('call', actions.connect);
    if (answer) dispatch({ type: 'called', answer, view: answer.result });
  }

  async function disconnect() {
    if (await request('call', actions.disconnect)) dispatch({ type: 'disconnected' });
  }

  const resume = useEffectEvent(async () => {
    const kept = keptState(owner);
    if (kept) dispatch({ type: 'restored', state: kept });
    if (!new URLSearchParams(window.location.search).has('returned')) return;
    window.history.replaceState(null, '', route('/inspector'));
    const answer = await request('sign-in', actions.finishSignIn);
    if (!answer) return;
    dispatch({ type: 'sign-in-completed', answer });
    if (answer.session) await connect();
  });

  // Deferred, so that Strict Mode's second run replaces the first, and that Next's router knows the new URL.
  useEffect(() => {
    const timer = setTimeout(resume);
    return () => clearTimeout(timer);
  }, []);

  useEffect(() => {
    if (state.busy === undefined && state.rows.length > 0) keepState(owner, state);
  }, [owner, state]);

  // After the state was kept.
  useEffect(() => {
    if (state.leavingFor !== undefined) window.location.assign(state.leavingFor);
  }, [state.leavingFor]);

  return { state, run, signIn, call, connect, disconnect };
}

export type Inspector = ReturnType<typeof useInspector>;
