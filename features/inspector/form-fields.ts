import { isObject } from '#lib/text/json.ts';
import { cleanLines } from '#lib/text/sanitize.ts';

/** A form field for an argument of a tool or a prompt. */
export type Field = {
  name: string;
  label: string;
  description?: string;
  kind: 'text' | 'long-text' | 'date' | 'number' | 'integer' | 'boolean' | 'choice' | 'json';
  required: boolean;
  /** Values of a `choice` as JSON, in order. */
  choices?: readonly string[];
  /** Initial value as text. */
  initial: string;
  minimum?: number;
  maximum?: number;
};

type Schema = Readonly<Record<string, unknown>>;

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
/** A string that can be longer gets a text area. */
const MAX_ONE_LINE_LENGTH = 200;

/** The schema without its "or null" alternative, when one other alternative remains; else the schema itself. */
function withoutNull(schema: Schema): Schema {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) {
    const rest = alternatives.filter((item) => isObject(item) && item.type !== 'null');
    return rest.length === 1 && isObject(rest[0]) ? { ...schema, ...rest[0] } : schema;
  }
  if (Array.isArray(schema.type)) {
    const rest = schema.type.filter((type) => type !== 'null');
    return rest.length === 1 ? { ...schema, type: rest[0] } : schema;
  }
  return schema;
}

function kindOf(schema: Schema): Field['kind'] {
  if (Array.isArray(schema.enum) || 'const' in schema) return 'choice';
  switch (schema.type) {
    case 'string':
      if (schema.format === 'date') return 'date';
      return (number(schema.maxLength) ?? 0) > MAX_ONE_LINE_LENGTH ? 'long-text' : 'text';
    case 'number':
    case 'integer':
    case 'boolean':
      return schema.type;
    default:
      return 'json';
  }
}

function field(name: string, property: unknown, required: boolean): Field {
  const schema = withoutNull(isObject(property) ? property : {});
  const kind = kindOf(schema);
  const { default: preset, minimum, maximum, description } = schema;
  const choices = Array.isArray(schema.enum) ? schema.enum : 'const' in schema ? [schema.const] : undefined;
  const asText =
    kind === 'choice' || kind === 'json' || typeof preset !== 'string' ? JSON.stringify(preset) : preset;
  return {
    name,
    label: text(schema.title) ?? name,
    kind,
    required,
    // A user must see what they send. A choice has to remain equal to its option.
    initial:
      kind === 'choice'
        ? (asText ?? '')
        : cleanLines(asText ?? (kind === 'boolean' && required ? 'false' : '')),
    description: text(description),
    choices: choices?.map((choice) => JSON.stringify(choice)),
    minimum: number(minimum),
    maximum: number(maximum),
  };
}

/**
 * The form fields for an object schema (JSON Schema 2020-12). A property that is a list, an object or an alternative
 * is a JSON field.
 *
 * @returns undefined when the properties do not describe the arguments; these are then entered as one JSON object
 */
export function formFields(schema: unknown): Field[] | undefined {
  if (!isObject(schema) || ['anyOf', 'oneOf', 'allOf', '$ref', 'not', 'if'].some((key) => key in schema))
    return undefined;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, property]) => field(name, property, required.includes(name)));
}

export type Arguments = Record<string, unknown>;
type ArgumentsReading =
  | { arguments: Arguments; errors?: undefined }
  | { errors: Record<string, string>; arguments?: undefined };

function readField(field: Field, value: string): { value: unknown } | { error: string } | undefined {
  if (value === '') return field.required && field.kind !== 'text' ? { error: 'Required' } : undefined;
  switch (field.kind) {
    case 'number':
    case 'integer': {
      const parsed = Number(value);
      if (value.trim() === '' || Number.isNaN(parsed)) return { error: 'Enter a number' };
      if (field.kind === 'integer' && !Number.isInteger(parsed)) return { error: 'Enter a whole number' };
      if (field.minimum !== undefined && parsed < field.minimum)
        return { error: `At least ${field.minimum}` };
      if (field.maximum !== undefined && parsed > field.maximum) return { error: `At most ${field.maximum}` };
      return { value: parsed };
    }
    case 'boolean':
      return { value: value === 'true' };
    case 'choice':
    case 'json':
      try {
        return { value: JSON.parse(value) };
      } catch {
        return { error: 'Invalid JSON' };
      }
    default:
      return { value };
  }
}

/** The arguments from the values of a form, or an error by field. An empty optional field is omitted. */
export function readArguments(
  fields: readonly Field[],
  values: Readonly<Record<string, string>>,
): ArgumentsReading {
  const read: Arguments = {};
  const errors: Record<string, string> = {};
  for (const item of fields) {
    const outcome = readField(item, values[item.name] ?? '');
    if (outcome === undefined) {
      if (item.required) set(read, item.name, '');
    } else if ('error' in outcome) set(errors, item.name, outcome.error);
    else set(read, item.name, outcome.value);
  }
  return Object.keys(errors).length > 0 ? { errors } : { arguments: read };
}

/** Sets an own property, even when the server chose a name such as `__proto__`. */
function set(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
