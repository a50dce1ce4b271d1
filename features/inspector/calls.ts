import { isSecretName } from '#features/discovery/secret-names.ts';
import { isObject } from '#lib/text/json.ts';
import type { CallEvent, CallOutcome, Elicitation, Operation } from './call-messages.ts';
import type { Arguments } from './field.ts';

/** What a person chose in the list: a tool, a prompt, a resource, or a template of resources. */
export type Target =
  | { kind: 'tool' | 'prompt'; name: string }
  | { kind: 'resource' | 'template'; name: string };

export const targetKey = ({ kind, name }: Target) => `${kind} ${name}`;

type Progress = { progress: number; total?: number | undefined; message?: string | undefined };

/** A call of this page to a server. */
export type Call = {
  id: string;
  target: Target;
  arguments: Arguments;
  /** Milliseconds since the epoch. */
  at: number;
  state: 'running' | 'done' | 'cancelled' | 'failed';
  progress?: Progress | undefined;
  /** A question of the server that waits for an answer in the session of the protocol. */
  asked?: { elicitation: Elicitation; reply: string } | undefined;
  outcome?: CallOutcome | undefined;
  pinned?: boolean;
};

/** A notification of a server. */
export type ServerNotification = { id: string; at: number; method: string; params?: unknown };

export type CallChange =
  | { type: 'call-started'; call: Call }
  | { type: 'call-progressed'; id: string; event: Extract<CallEvent, { type: 'progress' | 'asked' }> }
  | { type: 'call-answered'; id: string }
  | { type: 'call-ended'; id: string; state: Call['state']; outcome?: CallOutcome | undefined }
  | { type: 'call-pinned'; id: string; pinned: boolean }
  | { type: 'calls-cleared' };

const MAX_CALLS = 40;

/** Calls after a change, the newest first. Pinned calls stay. */
export function changeCalls(calls: readonly Call[], change: CallChange): readonly Call[] {
  const update = (id: string, values: Partial<Call>) =>
    calls.map((call) => (call.id === id ? { ...call, ...values } : call));
  switch (change.type) {
    case 'call-started':
      return bounded([change.call, ...calls]);
    case 'call-progressed': {
      const { event, id } = change;
      return event.type === 'asked'
        ? update(id, { asked: { elicitation: event.elicitation, reply: event.reply } })
        : update(id, { progress: event });
    }
    case 'call-answered':
      return update(change.id, { asked: undefined });
    case 'call-ended': {
      const { id, state, outcome } = change;
      return update(id, { state, asked: undefined, progress: undefined, outcome });
    }
    case 'call-pinned':
      return update(change.id, { pinned: change.pinned });
    case 'calls-cleared':
      return calls.filter(({ pinned, state }) => pinned || state === 'running');
  }
}

function bounded(calls: readonly Call[]): readonly Call[] {
  const removable = calls.filter(({ pinned, state }) => !pinned && state !== 'running');
  const gone = new Set(removable.slice(Math.max(0, MAX_CALLS - (calls.length - removable.length))));
  return calls.filter((call) => !gone.has(call));
}

/** The request for a call. `answers` are those to what the server asked before. */
export function operationOf(
  target: Target,
  values: Arguments,
  definition: Extract<Operation, { kind: 'tool' }>['definition'],
  answers: Pick<Extract<Operation, { kind: 'tool' }>, 'inputResponses' | 'requestState'> = {},
): Operation {
  switch (target.kind) {
    case 'tool':
      return { kind: 'tool', name: target.name, arguments: values, definition, ...answers };
    case 'prompt':
      return { kind: 'prompt', name: target.name, arguments: asTexts(values), ...answers };
    case 'resource':
      return { kind: 'resource', uri: target.name, ...answers };
    case 'template':
      return { kind: 'resource', uri: expandTemplate(target.name, asTexts(values)), ...answers };
  }
}

/** The fields of a prompt and of a template are text fields, so this changes no value. */
export const asTexts = (values: Arguments): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

const EXPRESSION = /\{([+#./;?&]?)([\w.,%*]{1,200})\}/g;

/** The names of the variables in a URI template (RFC 6570). */
export const templateVariables = (template: string): string[] => [
  ...new Set(
    [...template.matchAll(EXPRESSION)].flatMap(([, , names = '']) =>
      names.split(',').map((name) => name.replace('*', '')),
    ),
  ),
];

/** A URI from a template (RFC 6570, levels 1 to 3). A variable without a value is left out. */
export function expandTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(EXPRESSION, (_, operator: string, names: string) => {
    const named = ['?', '&', ';'].includes(operator);
    const parts = names
      .split(',')
      .map((name) => name.replace('*', ''))
      .flatMap((name) => {
        const value = Object.hasOwn(values, name) ? values[name] : undefined;
        if (value === undefined || value === '') return [];
        const encoded = operator === '+' || operator === '#' ? encodeURI(value) : encodeURIComponent(value);
        return [named ? `${name}=${encoded}` : encoded];
      });
    if (parts.length === 0) return '';
    const between = { '': ',', '+': ',', '#': ',', '.': '.', '/': '/', ';': ';', '?': '&', '&': '&' }[
      operator
    ];
    return `${operator === '+' ? '' : operator}${parts.join(between)}`;
  });
}

const MAX_KEPT_CHARACTERS = 200_000;
const MAX_RESULT_CHARACTERS = 60_000;
const JWT = /eyJ[\w-]{4,}\.[\w-]+\.[\w-]*/g;

/**
 * Calls as they may be kept in the storage of the tab: without values of credentials by their names and forms, without
 * what only this moment can answer, and bounded. A result that is too large is left out.
 */
export function keptCalls(calls: readonly Call[]): Call[] {
  let left = MAX_KEPT_CHARACTERS;
  return calls.flatMap((call) => {
    const {
      result,
      input: _,
      stepUp,
      ...outcome
    } = call.outcome ?? { findings: [], renewed: false, durationMs: 0 };
    const kept: Call = {
      ...call,
      arguments: withoutSecrets(call.arguments) as Arguments,
      state: call.state === 'running' ? 'cancelled' : call.state,
      asked: undefined,
      progress: undefined,
      outcome: call.outcome && {
        ...outcome,
        result: smallEnough(result) ? (withoutSecrets(result) as CallOutcome['result']) : undefined,
        session: undefined,
        stepUp,
      },
    };
    left -= JSON.stringify(kept).length;
    return left > 0 ? [kept] : [];
  });
}

const smallEnough = (value: unknown) =>
  value !== undefined && JSON.stringify(value).length <= MAX_RESULT_CHARACTERS;

/** A JSON value with the values of credentials replaced, by the names of their members and by the form of a JWT. */
function withoutSecrets(value: unknown, secret = false): unknown {
  if (typeof value === 'string')
    return secret ? '(not kept)' : (readableJson(value) ?? value.replace(JWT, '(not kept)'));
  if (typeof value === 'number') return secret ? '(not kept)' : value;
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, secret));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      withoutSecrets(item, secret || (isSecretName(name) && typeof item !== 'number')),
    ]),
  );
}

/** Text that is a JSON object again, as the content of a tool with structured content is. */
function readableJson(text: string): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.stringify(withoutSecrets(JSON.parse(text)));
  } catch {
    return undefined;
  }
}
