import { useCallback, useEffect, useRef, useState } from 'react';
import * as api from './api.ts';
import type { SessionSummary, UseAnswer } from './server/http/messages.ts';
import { EMPTY, type InspectorState, keep, kept, withEvent, withExchanges } from './state.ts';

type Update = (state: InspectorState) => Partial<InspectorState>;

/**
 * The inspector's state and what can be done with it. One thing at a time: refreshing tokens twice at once would
 * look like theft to an authorization server.
 *
 * @param owner - id of the person signed in to the pages
 * @param session - what the server knew when it rendered the page
 */
export function useInspector(owner: string, session: SessionSummary | undefined) {
  const [state, setState] = useState<InspectorState>({ ...EMPTY, session });
  const running = useRef<AbortController | undefined>(undefined);
  const signedInTo = useRef(session?.serverUrl);
  signedInTo.current = state.session?.serverUrl;
  const update = useCallback((change: Update) => setState((now) => ({ ...now, ...change(now) })), []);

  const attempt = useCallback(
    async <T>(busy: InspectorState['busy'], work: () => Promise<T>): Promise<T | undefined> => {
      update(() => ({ busy, message: undefined }));
      try {
        return await work();
      } catch (error) {
        const message = error instanceof api.ApiError ? error.message : 'Something went wrong in this page.';
        if (!(error instanceof DOMException && error.name === 'AbortError')) update(() => ({ message }));
        return undefined;
      } finally {
        update(() => ({ busy: undefined }));
      }
    },
    [update],
  );

  const signIn = useCallback(
    (body: object) =>
      attempt('sign-in', async () => {
        const answer = await api.signIn(body);
        update((now) => {
          const next = {
            rows: withExchanges(now.rows, answer.exchanges),
            findings: { ...now.findings, signIn: answer.findings },
          };
          if (answer.url !== undefined) keep(owner, { ...now, ...next });
          return next;
        });
        if (answer.url !== undefined) window.location.assign(answer.url);
      }),
    [attempt, owner, update],
  );

  const use = useCallback(
    (body: object): Promise<UseAnswer | undefined> =>
      attempt('use', async () => {
        const answer = await api.use(body);
        update(({ rows, findings, view, session: before, serverUrl }) => ({
          serverUrl: serverUrl ?? before?.serverUrl,
          rows: withExchanges(rows, answer.exchanges),
          findings: { ...findings, use: answer.findings },
          session: answer.session,
          stepUp: answer.stepUp,
          view: answer.session ? (answer.view ?? view) : undefined,
        }));
        return answer;
      }),
    [attempt, update],
  );

  const run = useCallback(
    async (serverUrl: string) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      update(({ session: current }) => ({ ...EMPTY, session: current, serverUrl }));
      await attempt('run', () =>
        api.run(
          serverUrl,
          (event) =>
            update(({ rows, findings }) =>
              event.type === 'done'
                ? { findings: { ...findings, run: event.findings }, offer: event.offer }
                : { rows: withEvent(rows, event) },
            ),
          controller.signal,
        ),
      );
      // Being signed in already, what the server makes of it now is part of the answer.
      if (signedInTo.current === serverUrl && !controller.signal.aborted) await use({ action: 'view' });
    },
    [attempt, update, use],
  );

  const signOut = useCallback(
    () =>
      attempt('use', async () => {
        await api.signOut();
        update(() => ({ session: undefined, view: undefined, stepUp: undefined }));
      }),
    [attempt, update],
  );

  const started = useRef(false);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    const before = kept(owner);
    if (before) update(() => before);
    if (!new URLSearchParams(window.location.search).has('returned')) return;
    window.history.replaceState(null, '', '/inspector');
    void attempt('complete', async () => {
      const answer = await api.complete();
      update(({ rows, findings, session: current }) => ({
        rows: withExchanges(rows, answer.exchanges),
        // What the server wanted before is answered by having signed in again.
        findings: { ...findings, signIn: answer.findings, ...(answer.session && { use: [] }) },
        session: answer.session ?? current,
      }));
      return answer.session !== undefined;
    }).then((signedIn) => (signedIn ? use({ action: 'view' }) : undefined));
  }, [attempt, owner, update, use]);

  useEffect(() => {
    if (state.busy === undefined && state.rows.length > 0) keep(owner, state);
  }, [owner, state]);

  return { state, run, signIn, use, signOut };
}

export type Inspector = ReturnType<typeof useInspector>;
