import type { RequestFailure } from '#components/ui/request-failure.ts';
import type { Exchange, TraceEvent } from '#features/discovery/exchange.ts';
import type { Finding } from '#lib/checks/finding.ts';
import type { CallOutcome } from './call-messages.ts';
import { type Call, type CallChange, changeCalls, type ServerNotification, type Target } from './calls.ts';
import type {
  CompleteAnswer,
  RefreshAnswer,
  Refusal,
  RunEvent,
  RunResult,
  SessionSummary,
  SignInAnswer,
  SignInOffer,
} from './messages.ts';
import type { ServerView } from './server/server-view.ts';

/** An exchange; `pending` while it has no response. */
export type Row = Exchange & { pending?: boolean };

/**
 * Discovery of the server. `result` is that of the last run, which may be of an earlier page; without one nothing is
 * known about the server.
 */
export type DiscoveryState = {
  status: 'not-run' | 'running' | 'done' | 'cancelled';
  result?: Omit<RunResult, 'type' | 'findings' | 'offer' | 'open'> | undefined;
};

export type InspectorState = {
  serverUrl: string | undefined;
  discovery: DiscoveryState;
  rows: readonly Row[];
  /** By source, so that a new run, sign-in or connection replaces the findings of the previous one. */
  findings: { run: readonly Finding[]; signIn: readonly Finding[]; call: readonly Finding[] };
  offer: SignInOffer | undefined;
  /** Whether the server answered discovery without authorization. */
  open: boolean;
  session: SessionSummary | undefined;
  view: ServerView | undefined;
  /** The request in progress that concerns the whole server. Calls have a state of their own. */
  busy: 'run' | 'sign-in' | 'call' | undefined;
  /** Why the last request of the page failed. */
  failure: Refusal['refused'] | RequestFailure | undefined;
  /** The authorization endpoint that the browser leaves for. */
  leavingFor: string | undefined;
  /** The newest first. */
  calls: readonly Call[];
  /** The newest first. */
  notifications: readonly ServerNotification[];
  listening: 'off' | 'opening' | 'on';
  selected: Target | undefined;
  /** The call to repeat after a step-up. */
  retry: string | undefined;
};

/** The part of the state that survives the way to the authorization server and back, a reload and a theme switch. */
export type KeptState = Pick<
  InspectorState,
  'serverUrl' | 'discovery' | 'rows' | 'findings' | 'offer' | 'calls' | 'selected' | 'retry' | 'view'
>;

/** A change of the state. */
export type InspectorEvent =
  | { type: 'restored'; state: KeptState; session: SessionSummary | undefined }
  | { type: 'run-started'; serverUrl: string; session: SessionSummary | undefined }
  | { type: 'run-progressed'; event: RunEvent }
  | { type: 'run-ended' }
  | { type: 'run-cancelled' }
  | { type: 'request-started'; busy: 'sign-in' | 'call' }
  | { type: 'request-failed'; failure: NonNullable<InspectorState['failure']> }
  | { type: 'sign-in-begun'; answer: SignInAnswer; retry?: string | undefined }
  | { type: 'sign-in-completed'; answer: CompleteAnswer }
  | { type: 'retried' }
  | { type: 'traced'; event: TraceEvent }
  | { type: 'connected'; serverUrl: string; outcome: CallOutcome; view: ServerView | undefined }
  | { type: 'refreshed'; answer: RefreshAnswer }
  | { type: 'session-changed'; session: SessionSummary | undefined }
  | { type: 'selected'; target: Target | undefined }
  | { type: 'listening'; listening: InspectorState['listening'] }
  | { type: 'notified'; notification: ServerNotification }
  | { type: 'notifications-cleared' }
  | { type: 'disconnected' }
  | CallChange;

const EMPTY: Omit<InspectorState, 'session'> = {
  serverUrl: undefined,
  discovery: { status: 'not-run' },
  rows: [],
  findings: { run: [], signIn: [], call: [] },
  offer: undefined,
  open: false,
  view: undefined,
  busy: undefined,
  failure: undefined,
  leavingFor: undefined,
  calls: [],
  notifications: [],
  listening: 'off',
  selected: undefined,
  retry: undefined,
};

const MAX_NOTIFICATIONS = 200;

/** The state of the first rendering, with the session that the server knows. */
export const initialState = (session: SessionSummary | undefined): InspectorState => ({ ...EMPTY, session });

export function reduce(state: InspectorState, event: InspectorEvent): InspectorState {
  const { rows, findings, session } = state;
  const idle = { ...state, busy: undefined };
  switch (event.type) {
    case 'restored':
      return { ...state, ...event.state, session: event.session };
    case 'run-started':
      return {
        ...initialState(event.session),
        serverUrl: event.serverUrl,
        discovery: { status: 'running' },
        busy: 'run',
        ...(state.serverUrl === event.serverUrl && { calls: state.calls, selected: state.selected }),
      };
    case 'run-progressed':
      return event.event.type === 'done'
        ? discovered(state, event.event)
        : { ...state, rows: withEvent(rows, event.event) };
    case 'run-ended':
      return idle;
    case 'run-cancelled':
      return { ...idle, discovery: { status: 'cancelled' }, rows: rows.map(asCancelled) };
    case 'request-started':
      return { ...state, busy: event.busy, failure: undefined };
    case 'request-failed':
      return {
        ...idle,
        failure: event.failure,
        // A run that failed has examined nothing to its end.
        ...(state.discovery.status === 'running' && {
          discovery: { status: 'cancelled' as const },
          rows: rows.map(asCancelled),
        }),
      };
    case 'sign-in-begun':
      return {
        ...idle,
        rows: withExchanges(rows, event.answer.exchanges),
        findings: { ...findings, signIn: event.answer.findings },
        leavingFor: event.answer.url,
        retry: event.answer.url === undefined ? undefined : event.retry,
      };
    case 'sign-in-completed': {
      const { answer } = event;
      return {
        ...idle,
        rows: withExchanges(rows, answer.exchanges),
        // A new session resolves what the last call lacked.
        findings: { ...findings, signIn: answer.findings, call: answer.session ? [] : findings.call },
        session: answer.session ?? session,
        retry: answer.session ? state.retry : undefined,
      };
    }
    case 'retried':
      return { ...state, retry: undefined };
    case 'traced':
      return { ...state, rows: withEvent(rows, event.event) };
    case 'connected': {
      const { outcome, view, serverUrl } = event;
      return {
        ...idle,
        serverUrl,
        // What is known is of the server that was examined.
        ...(serverUrl !== state.serverUrl && { discovery: { status: 'not-run' as const } }),
        findings: { ...findings, call: outcome.findings },
        session: outcome.session,
        view,
        failure: undefined,
      };
    }
    case 'refreshed':
      return {
        ...idle,
        rows: withExchanges(rows, event.answer.exchanges),
        findings: { ...findings, call: event.answer.findings },
        session: event.answer.session,
        view: event.answer.session && state.view,
      };
    case 'session-changed':
      return { ...state, session: event.session, view: event.session && state.view };
    case 'selected':
      return { ...state, selected: event.target };
    case 'listening':
      return { ...state, listening: event.listening };
    case 'notified':
      return {
        ...state,
        notifications: [event.notification, ...state.notifications].slice(0, MAX_NOTIFICATIONS),
      };
    case 'notifications-cleared':
      return { ...state, notifications: [] };
    case 'disconnected':
      return { ...idle, session: undefined, view: undefined, listening: 'off' };
    default:
      return { ...state, calls: changeCalls(state.calls, event) };
  }
}

function discovered(
  state: InspectorState,
  { type: _, findings, offer, open, ...result }: RunResult,
): InspectorState {
  return {
    ...state,
    discovery: { status: 'done', result },
    findings: { ...state.findings, run: findings },
    offer,
    open,
  };
}

/** A row that no longer waits for its response. */
const asCancelled = ({ pending, ...row }: Row): Row =>
  pending ? { ...row, error: 'The run was cancelled before the response.' } : row;

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
