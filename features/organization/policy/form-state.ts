import type { OrganizationPolicy } from '#lib/connections/policy/effective.ts';
import { parseHost } from '#lib/connections/policy/hosts.ts';
import { limitsSchema } from '#lib/connections/policy/limits.ts';
import { tools } from '#lib/mcp/tools/index.ts';
import { sanitize } from '#lib/text/sanitize.ts';

/** The fields of the form, as text. */
export type PolicyFields = {
  blocked: string;
  allowed: string;
  readOnly: boolean;
  toolsOff: readonly string[];
  unusedDays: string;
};

/** What the form shows. `effect`: a review of what would be refused, for exactly these fields. */
export type PolicyState = {
  fields: PolicyFields;
  problems: string[];
  effect?: { text: string; inspector: boolean };
  saved?: boolean;
  failure?: string;
};

const MAX_LENGTH = 20_000;
/** A domain name, localhost or an address: a word alone is a mistake, and would match no client. */
const NAME = /^(\*\.)?([\w-]+\.)+[\w-]+(:\d+)?$|^localhost(:\d+)?$|^\[/;

const lines = (text: string) => text.split(/[\s,]+/).filter((line) => line !== '');

/** The fields of a stored policy. */
export function fieldsOf({ allowedHosts, blockedHosts, defaults }: OrganizationPolicy): PolicyFields {
  return {
    blocked: blockedHosts.join('\n'),
    allowed: allowedHosts.join('\n'),
    readOnly: defaults.readOnly,
    toolsOff: defaults.toolsOff,
    unusedDays: defaults.unusedDays === undefined ? '' : String(defaults.unusedDays),
  };
}

/** Reads the fields of a form: texts, `readOnly`, and a `tool` for each that stays on. */
export function readFields(form: FormData): PolicyFields {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string'
      ? value.replaceAll('\0', '').replaceAll('\r\n', '\n').slice(0, MAX_LENGTH)
      : '';
  };
  const on = new Set(form.getAll('tool'));
  return {
    blocked: text('blocked'),
    allowed: text('allowed'),
    readOnly: text('readOnly') === 'yes',
    toolsOff: tools.map(({ name }) => name).filter((name) => !on.has(name)),
    unusedDays: text('unusedDays').trim(),
  };
}

/** The policy of the fields, or a sentence for each problem. */
export function parsePolicy(fields: PolicyFields): OrganizationPolicy | { problems: string[] } {
  const problems: string[] = [];
  const hosts = (text: string) =>
    lines(text).map((line) => {
      const parsed = parseHost(line);
      const host = parsed !== undefined && NAME.test(parsed) ? parsed : undefined;
      if (host === undefined)
        problems.push(`“${sanitize(line, 80)}” is not a host. Write app.example or *.app.example.`);
      return host ?? '';
    });
  const blockedHosts = hosts(fields.blocked);
  const allowedHosts = hosts(fields.allowed);
  if (Math.max(blockedHosts.length, allowedHosts.length) > 500) problems.push('A list can have 500 hosts.');
  const defaults = limitsSchema.safeParse({
    readOnly: fields.readOnly,
    toolsOff: fields.toolsOff,
    ...(fields.unusedDays !== '' && { unusedDays: Number(fields.unusedDays) }),
  });
  if (!defaults.success) problems.push('Days without use are a whole number from 1 to 3650.');
  return problems.length > 0 || !defaults.success
    ? { problems }
    : { blockedHosts, allowedHosts, defaults: defaults.data };
}
