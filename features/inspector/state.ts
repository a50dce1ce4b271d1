import type { RequestFailure } from '#components/ui/request-failure.ts';
import type { Exchange, TraceEvent } from '#features/discovery/exchange.ts';
import type { Finding } from '#lib/checks/finding.ts';
import type {
  CallAnswer,
  CompleteAnswer,
  Refusal,
  RunEvent,
  SessionSummary,
  SignInAnswer,
  SignInOffer,
} from './messages.ts';
import type { ServerView } from './server/server-view.ts';

/** An exchange; `pending` while it has no response. */
export type Row = Exchange & { pending?: boolean };

export type InspectorState = {
  serverUrl: string | undefined;
  rows: readonly Row[];
  /** By source, so that a new run, sign-in or call replaces the findings of the previous one. */
  findings: { run: readonly Finding[]; signIn: readonly Finding[]; call: readonly Finding[] };
  offer: SignInOffer | undefined;
  session: SessionSummary | undefined;
  view: ServerView | undefined;
  /** Scopes that the last call needs and the token lacks. */
  stepUp: readonly string[] | undefined;
  /** The request in progress. One at a time: an authorization server takes a refresh token used twice for theft. */
  busy: 'run' | 'sign-in' | 'call' | undefined;
  /** Why the last request of the page failed. */
  failure: Refusal['refused'] | RequestFailure | undefined;
  /** The authorization endpoint that the browser leaves for. */
  leavingFor: string | undefined;
};

/** The part of the state that survives the way to the authorization server and back. */
export type KeptState = Pick<InspectorState, 'serverUrl' | 'rows' | 'findings' | 'offer'>;

/** A change of the state. */
type InspectorEvent =
  | { type: 'restored'; state: KeptState }
  | { type: 'run-started'; serverUrl: string }
  | { type: 'run-progressed'; event: RunEvent }
  | { type: 'run-ended' }
  | { type: 'request-started'; busy: 'sign-in' | 'call' }
  | { type: 'request-failed'; failure: NonNullable<InspectorState['failure']> }
  | { type: 'sign-in-begun'; answer: SignInAnswer }
  | { type: 'sign-in-completed'; answer: CompleteAnswer }
  | { type: 'called'; answer: CallAnswer; view?: ServerView | undefined }
  | { type: 'disconnected' };

const EMPTY: Omit<InspectorState, 'session'> = {
  serverUrl: undefined,
  rows: [],
  findings: { run: [], signIn: [], call: [] },
  offer: undefined,
  view: undefined,
  stepUp: undefined,
  busy: undefined,
  failure: undefined,
  leavingFor: undefined,
};

/** The state of the first rendering, with the session that the server knows. */
export const initialState = (session: SessionSummary | undefined): InspectorState => ({ ...EMPTY, session });

export function reduce(state: InspectorState, event: InspectorEvent): InspectorState {
  const { rows, findings, session, view } = state;
  const idle = { ...state, busy: undefined };
  switch (event.type) {
    case 'restored':
      return { ...state, ...event.state };
    case 'run-started':
      return { ...initialState(session), serverUrl: event.serverUrl, busy: 'run' };
    case 'run-progressed':
      return event.event.type === 'done'
        ? { ...state, findings: { ...findings, run: event.event.findings }, offer: event.event.offer }
        : { ...state, rows: withEvent(rows, event.event) };
    case 'run-ended':
      return idle;
    case 'request-started':
      return { ...state, busy: event.busy, failure: undefined };
    case 'request-failed':
      return { ...idle, failure: event.failure };
    case 'sign-in-begun':
      return {
        ...idle,
        rows: withExchanges(rows, event.answer.exchanges),
        findings: { ...findings, signIn: event.answer.findings },
        leavingFor: event.answer.url,
      };
    case 'sign-in-completed': {
      const { answer } = event;
      return {
        ...idle,
        rows: withExchanges(rows, answer.exchanges),
        // A new session resolves what the last call lacked.
        findings: { ...findings, signIn: answer.findings, call: answer.session ? [] : findings.call },
        session: answer.session ?? session,
      };
    }
    case 'called': {
      const { answer } = event;
      return {
        ...idle,
        serverUrl: state.serverUrl ?? session?.serverUrl,
        rows: withExchanges(rows, answer.exchanges),
        findings: { ...findings, call: answer.findings },
        session: answer.session,
        stepUp: answer.stepUp,
        view: answer.session && (event.view ?? view),
      };
    }
    case 'disconnected':
      return { ...idle, session: undefined, view: undefined, stepUp: undefined };
  }
}

const MAX_ROWS = 150;

/** `rows` with the exchanges appended, or replaced where `rows` has them already. */
function withExchanges(rows: readonly Row[], exchanges: readonly Exchange[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const exchange of exchanges) byId.set(exchange.id, exchange);
  return [...byId.values()].slice(-MAX_ROWS);
}

/** `rows` after an event of a trace. */
function withEvent(rows: readonly Row[], event: TraceEvent): Row[] {
  if (event.type === 'exchange') return withExchanges(rows, [event.exchange]);
  const { id, step, title, from, to, method, url } = event;
  const request = { method, url, headers: [] };
  return [...rows, { id, step, title, from, to, request, durationMs: 0, pending: true }];
}

export const allFindings = ({ findings }: InspectorState): Finding[] => [
  ...findings.call,
  ...findings.signIn,
  ...findings.run,
];
