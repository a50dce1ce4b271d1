import type { Route } from 'next';
import type { AuditQuery } from '#lib/connections/organization/audit-query.ts';
import type { RevocationScope } from '#lib/connections/organization/scope.ts';
import type { ConnectionState } from '#lib/connections/state-sql.ts';

/** The `searchParams` of a page. */
export type Parameters = Record<string, string | string[] | undefined>;

type View = 'apps' | 'people' | 'connections';

/** The part of the connections to show. */
export type ListQuery = {
  view: View;
  search: string;
  state: ConnectionState | undefined;
  person: string | undefined;
  app: string | undefined;
  cursor: string | undefined;
};

const VIEWS: readonly View[] = ['connections', 'apps', 'people'];
const STATES: readonly ConnectionState[] = ['active', 'revoked', 'pending', 'gone'];
const KINDS = ['calls', 'acts'] as const;
const OUTCOMES = ['allowed', 'denied', 'failed'] as const;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Days of the log that are shown without a date. */
const DEFAULT_DAYS = 7;

/** A parameter without what PostgreSQL text cannot hold; empty is absent. */
const one = (parameters: Parameters, name: string, maxLength = 300): string | undefined => {
  const value = parameters[name];
  return (typeof value === 'string' && value.replaceAll('\0', '').slice(0, maxLength)) || undefined;
};

/** Reads the query of the connections. Unknown values are ignored. */
export function readListQuery(parameters: Parameters): ListQuery {
  const person = one(parameters, 'person');
  const app = one(parameters, 'app');
  const view = VIEWS.find((name) => name === parameters.view) ?? 'connections';
  return {
    view: person !== undefined || app !== undefined ? 'connections' : view,
    search: one(parameters, 'q', 100) ?? '',
    state: STATES.find((state) => state === parameters.state),
    person,
    app,
    cursor: one(parameters, 'cursor', 2_000),
  };
}

/** The URL of the connections with a change of the query. Any change but that of the cursor leads to the first page. */
export function listHref(query: ListQuery, change: Partial<ListQuery>): Route {
  const { view, search, state, person, app, cursor } = { ...query, cursor: undefined, ...change };
  const text = new URLSearchParams({
    ...(view !== 'connections' && { view }),
    ...(search !== '' && { q: search }),
    ...(state !== undefined && { state }),
    ...(person !== undefined && { person }),
    ...(app !== undefined && { app }),
    ...(cursor !== undefined && { cursor }),
  }).toString();
  return text === '' ? '/organization' : `/organization?${text}`;
}

/** The database query of the connections. */
export function connectionQuery({ search, state, person, app, cursor }: ListQuery) {
  return {
    ...(search !== '' && { search }),
    ...(state !== undefined && { state }),
    ...(person !== undefined && { person }),
    ...(app !== undefined && { app }),
    ...(cursor !== undefined && { cursor }),
  };
}

/** Reads what to revoke, from a URL or a form; undefined when it names not exactly one thing. */
export function readScope(parameters: Parameters): RevocationScope | undefined {
  const connection = one(parameters, 'connection');
  const person = one(parameters, 'person');
  const app = one(parameters, 'app');
  const all = one(parameters, 'all') === 'yes';
  const scopes: RevocationScope[] = [
    ...(connection === undefined ? [] : [{ connection }]),
    ...(person === undefined ? [] : [{ person }]),
    ...(app === undefined ? [] : [{ app }]),
    ...(all ? [{ all } as const] : []),
  ];
  return scopes.length === 1 ? scopes[0] : undefined;
}

/** The names and values of a scope in a URL or a form. */
export function scopeFields(scope: RevocationScope): [string, string] {
  if ('all' in scope) return ['all', 'yes'];
  return Object.entries(scope)[0] as [string, string];
}

/** The URL of the page that asks before something is revoked. */
export function revokeHref(scope: RevocationScope): Route {
  return `/organization/revoke?${new URLSearchParams([scopeFields(scope)]).toString()}` as Route;
}

/** The part of the log to show: days in UTC, `until` included. */
export type LogQuery = Omit<AuditQuery, 'from' | 'until' | 'limit'> & { from: string; until: string };

const day = (text: string | undefined) =>
  text !== undefined && /^[12]\d{3}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
    ? text
    : undefined;

/** Reads the query of the log. Unknown values are ignored; without a date it is the last {@link DEFAULT_DAYS} days. */
export function readLogQuery(parameters: Parameters, now: Date): LogQuery {
  const today = now.toISOString().slice(0, 10);
  const start = new Date(now.getTime() - (DEFAULT_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const kind = KINDS.find((name) => name === parameters.kind);
  const outcome = OUTCOMES.find((name) => name === parameters.outcome);
  const texts = Object.fromEntries(
    (['person', 'client', 'tool', 'before'] as const).flatMap((name) => {
      const value = one(parameters, name, 100);
      return value === undefined ? [] : [[name, value.trim()]];
    }),
  );
  return {
    ...texts,
    ...(kind !== undefined && { kind }),
    ...(outcome !== undefined && { outcome }),
    from: day(one(parameters, 'from')) ?? start,
    until: day(one(parameters, 'until')) ?? today,
  };
}

/** The database query of the log. */
export function auditQuery({ from, until, ...query }: LogQuery): AuditQuery {
  return { ...query, from: new Date(from), until: new Date(Date.parse(until) + DAY_MS) };
}

/** The parameters of the log in a URL. */
export function logParameters(query: LogQuery, change: Partial<LogQuery> = {}): URLSearchParams {
  const merged = { ...query, before: undefined, ...change };
  return new URLSearchParams(
    Object.entries(merged).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
