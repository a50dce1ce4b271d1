import { isObject } from '#lib/text/json.ts';
import { cleanLines } from '#lib/text/sanitize.ts';

/** A field of a form that asks for the arguments of a tool or a prompt. */
export type Field = {
  name: string;
  label: string;
  description?: string;
  kind: 'text' | 'long-text' | 'date' | 'number' | 'integer' | 'boolean' | 'choice' | 'json';
  required: boolean;
  /** Of a `choice`: the values as JSON, in order. */
  choices?: readonly string[];
  /** What the field starts with, as text. */
  initial: string;
  minimum?: number;
  maximum?: number;
};

type Schema = Readonly<Record<string, unknown>>;

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
const LONG = 200;

/** The one schema that is left when "or null" is taken away; the schema itself otherwise. */
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
      return (number(schema.maxLength) ?? 0) > LONG ? 'long-text' : 'text';
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
    // Nobody should send what they could not see; a choice has to stay equal to its option.
    initial:
      kind === 'choice'
        ? (asText ?? '')
        : cleanLines(asText ?? (kind === 'boolean' && required ? 'false' : '')),
    ...(text(description) !== undefined && { description: text(description) ?? '' }),
    ...(choices && { choices: choices.map((choice) => JSON.stringify(choice)) }),
    ...(number(minimum) !== undefined && { minimum: Number(minimum) }),
    ...(number(maximum) !== undefined && { maximum: Number(maximum) }),
  };
}

/**
 * The fields for an object schema (JSON Schema 2020-12). What a field cannot express (lists, objects,
 * alternatives) is asked for as JSON.
 *
 * @returns undefined when the schema as a whole can only be asked for as JSON
 */
export function formFields(schema: unknown): Field[] | undefined {
  if (!isObject(schema) || ['anyOf', 'oneOf', 'allOf', '$ref', 'not', 'if'].some((key) => key in schema))
    return undefined;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, property]) => field(name, property, required.includes(name)));
}

export type Arguments = Record<string, unknown>;
export type ArgumentsReading =
  | { arguments: Arguments; errors?: undefined }
  | { errors: Record<string, string> };

function readField(field: Field, value: string): { value: unknown } | { error: string } | undefined {
  if (value === '') return field.required && field.kind !== 'text' ? { error: 'This is needed.' } : undefined;
  switch (field.kind) {
    case 'number':
    case 'integer': {
      const parsed = Number(value);
      if (value.trim() === '' || Number.isNaN(parsed)) return { error: 'Enter a number.' };
      if (field.kind === 'integer' && !Number.isInteger(parsed)) return { error: 'Enter a whole number.' };
      if (field.minimum !== undefined && parsed < field.minimum)
        return { error: `At least ${field.minimum}.` };
      if (field.maximum !== undefined && parsed > field.maximum)
        return { error: `At most ${field.maximum}.` };
      return { value: parsed };
    }
    case 'boolean':
      return { value: value === 'true' };
    case 'choice':
    case 'json':
      try {
        return { value: JSON.parse(value) };
      } catch {
        return { error: 'This is not JSON.' };
      }
    default:
      return { value };
  }
}

/** The arguments that the values of a form make, or what is wrong with which field. An empty optional field is left out. */
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

/** An own property, even where the server chose a name such as `__proto__`. */
function set(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
