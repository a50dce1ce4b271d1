import type { CompleteResult } from '@modelcontextprotocol/client';
import type { Dispatch } from 'react';
import type { Access } from './access.ts';
import type { Operation } from './call-messages.ts';
import { type Call, operationOf, type Target } from './calls.ts';
import type { Arguments } from './field.ts';
import { nextId, type Send } from './send.ts';
import type { InspectorEvent, InspectorState } from './state.ts';
import type { Running } from './use-running.ts';

/** The answer of a person to the question of a server. */
export type ElicitAnswer = {
  action: 'accept' | 'decline' | 'cancel';
  content?: Record<string, unknown>;
};

type Answers = Parameters<typeof operationOf>[3];

/** The calls to a server: begins, cancels and answers them, and completes their arguments. */
export function callActions({
  state,
  dispatch,
  send,
  access,
  running,
}: {
  state: InspectorState;
  dispatch: Dispatch<InspectorEvent>;
  send: Send;
  access: Access;
  running: Running;
}) {
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

  return { call, cancel, answer, complete };
}
