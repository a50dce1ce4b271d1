import { isObject } from '#lib/text/json.ts';
import { cleanLines } from '#lib/text/sanitize.ts';

/** A form field for an argument of a tool or a prompt, or for a value that a server asks for. */
export type Field = {
  name: string;
  label: string;
  description?: string | undefined;
  kind:
    | 'text'
    | 'long-text'
    | 'date'
    | 'number'
    | 'integer'
    | 'boolean'
    | 'choice'
    | 'json'
    | 'object'
    | 'list';
  required: boolean;
  /** Values of a `choice` as JSON, in order. */
  choices?: readonly string[] | undefined;
  /** Names of the choices, in the same order. */
  choiceTitles?: readonly string[] | undefined;
  initial: FormValue;
  minimum?: number | undefined;
  maximum?: number | undefined;
  /** Of an `object`. */
  fields?: readonly Field[] | undefined;
  /** Of each element of a `list`. */
  item?: Field | undefined;
};

/** What a form holds: the text of a control, the elements of a list, or the fields of an object. */
export type FormValue = string | readonly FormValue[] | { readonly [name: string]: FormValue };
export type FormValues = Readonly<Record<string, FormValue>>;

type Schema = Readonly<Record<string, unknown>>;

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
/** A string that can be longer gets a text area. */
const MAX_ONE_LINE_LENGTH = 200;
/** Deeper objects and lists are JSON fields: a schema can refer to itself. */
const MAX_DEPTH = 4;

/** The schema without its "or null" alternative, when one other alternative remains; else the schema itself. */
function withoutNull(schema: Schema): Schema {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) {
    const rest = alternatives.filter((item) => isObject(item) && item.type !== 'null');
    const { anyOf: _any, oneOf: _one, ...beside } = schema;
    return rest.length === 1 && isObject(rest[0]) && !('const' in rest[0])
      ? { ...beside, ...rest[0] }
      : schema;
  }
  if (Array.isArray(schema.type)) {
    const rest = schema.type.filter((type) => type !== 'null');
    return rest.length === 1 ? { ...schema, type: rest[0] } : schema;
  }
  return schema;
}

/** The schema that a local `$ref` names, with what is written beside it. */
function resolved(schema: Schema, root: Schema): Schema {
  const path = text(schema.$ref);
  if (path === undefined || !/^#\/(\$defs|definitions)\//.test(path)) return schema;
  const names = path
    .slice(2)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const found = names.reduce<unknown>(
    (at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    root,
  );
  const { $ref: _, ...rest } = schema;
  return isObject(found) ? { ...found, ...rest } : schema;
}

/** The values of `oneOf` or `anyOf` when each alternative is one value with a title. */
function titledChoices({ oneOf, anyOf }: Schema): { const: unknown; title?: unknown }[] | undefined {
  const list = oneOf ?? anyOf;
  return Array.isArray(list) && list.length > 0 && list.every((item) => isObject(item) && 'const' in item)
    ? (list as { const: unknown; title?: unknown }[])
    : undefined;
}

function kindOf(schema: Schema, depth: number): Field['kind'] {
  if (Array.isArray(schema.enum) || 'const' in schema || titledChoices(schema)) return 'choice';
  if ('anyOf' in schema || 'oneOf' in schema || 'allOf' in schema) return 'json';
  switch (schema.type) {
    case 'string':
      if (schema.format === 'date') return 'date';
      return (number(schema.maxLength) ?? 0) > MAX_ONE_LINE_LENGTH ? 'long-text' : 'text';
    case 'number':
    case 'integer':
    case 'boolean':
      return schema.type;
    case 'object':
      return depth < MAX_DEPTH && isObject(schema.properties) && Object.keys(schema.properties).length > 0
        ? 'object'
        : 'json';
    case 'array':
      return depth < MAX_DEPTH && isObject(schema.items) ? 'list' : 'json';
    default:
      return 'json';
  }
}

function field(name: string, property: unknown, required: boolean, root: Schema, depth = 0): Field {
  const schema = resolved(withoutNull(resolved(isObject(property) ? property : {}, root)), root);
  const kind = kindOf(schema, depth);
  const titled = titledChoices(schema);
  const choices = Array.isArray(schema.enum)
    ? schema.enum
    : 'const' in schema
      ? [schema.const]
      : titled?.map((choice) => choice.const);
  const names = Array.isArray(schema.enumNames) ? schema.enumNames : titled?.map(({ title }) => title);
  const shared = {
    name,
    label: text(schema.title) ?? name,
    kind,
    required,
    description: text(schema.description),
    choices: choices?.map((choice) => JSON.stringify(choice)),
    choiceTitles: names?.map((title, index) => text(title) ?? JSON.stringify(choices?.[index])),
    minimum: number(schema.minimum ?? schema.minItems),
    maximum: number(schema.maximum ?? schema.maxItems),
  };
  if (kind === 'object') {
    const fields = fieldsOf(schema, root, depth + 1);
    return { ...shared, fields, initial: formValue({ ...shared, fields, initial: '' }, schema.default) };
  }
  if (kind === 'list') {
    const item = field('', schema.items, true, root, depth + 1);
    return { ...shared, item, initial: formValue({ ...shared, item, initial: '' }, schema.default) };
  }
  return { ...shared, initial: formValue({ ...shared, initial: '' }, schema.default) };
}

function fieldsOf(schema: Schema, root: Schema, depth: number): Field[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, property]) =>
    field(name, property, required.includes(name), root, depth),
  );
}

/**
 * The form fields for an object schema (JSON Schema 2020-12). A property that is an alternative, or an object or a list
 * without a description of its parts, is a JSON field.
 *
 * @returns undefined when the properties do not describe the arguments; these are then entered as one JSON object
 */
export function formFields(schema: unknown): Field[] | undefined {
  if (!isObject(schema) || ['anyOf', 'oneOf', 'allOf', '$ref', 'not', 'if'].some((key) => key in schema))
    return undefined;
  return fieldsOf(schema, schema, 0);
}

/** What a control shows for a value; without one, what it shows at first. */
function formValue(target: Field, value: unknown): FormValue {
  switch (target.kind) {
    case 'object': {
      const given = isObject(value) ? value : {};
      return record(
        (target.fields ?? []).map((item) => [
          item.name,
          Object.hasOwn(given, item.name) ? formValue(item, given[item.name]) : item.initial,
        ]),
      );
    }
    case 'list':
      return Array.isArray(value) && target.item
        ? value.slice(0, 200).map((element) => formValue(target.item as Field, element))
        : [];
    case 'choice':
      // A choice has to remain equal to its option.
      return value === undefined ? '' : JSON.stringify(value);
    case 'boolean':
      return value === undefined ? (target.required ? 'false' : '') : String(value);
    default: {
      if (value === undefined || value === null) return '';
      const shown = typeof value === 'string' && target.kind !== 'json' ? value : JSON.stringify(value);
      // A person must see what they send.
      return cleanLines(shown);
    }
  }
}

/** The values of a form for arguments. */
export const formValues = (fields: readonly Field[], values: Arguments = {}): FormValues =>
  record(
    fields.map((item) => [
      item.name,
      Object.hasOwn(values, item.name) ? formValue(item, values[item.name]) : item.initial,
    ]),
  );

export type Arguments = Record<string, unknown>;
type ArgumentsReading =
  | { arguments: Arguments; errors?: undefined }
  | { errors: Record<string, string>; arguments?: undefined };

type Errors = Map<string, string>;
type Reading = { value: unknown } | undefined;

function readText(target: Field, value: string, path: string, errors: Errors): Reading {
  const wrong = (error: string) => {
    errors.set(path, error);
    return undefined;
  };
  if (value === '') {
    if (!target.required) return undefined;
    return ['text', 'long-text'].includes(target.kind) ? { value: '' } : wrong('Required');
  }
  switch (target.kind) {
    case 'number':
    case 'integer': {
      const parsed = Number(value);
      if (value.trim() === '' || Number.isNaN(parsed)) return wrong('Enter a number');
      if (target.kind === 'integer' && !Number.isInteger(parsed)) return wrong('Enter a whole number');
      if (target.minimum !== undefined && parsed < target.minimum) return wrong(`At least ${target.minimum}`);
      if (target.maximum !== undefined && parsed > target.maximum) return wrong(`At most ${target.maximum}`);
      return { value: parsed };
    }
    case 'boolean':
      return { value: value === 'true' };
    case 'choice':
    case 'json':
      try {
        return { value: JSON.parse(value) };
      } catch {
        return wrong('Invalid JSON');
      }
    default:
      return { value };
  }
}

function readField(target: Field, value: FormValue | undefined, path: string, errors: Errors): Reading {
  if (target.kind === 'object') {
    const given = isObject(value) ? (value as FormValues) : {};
    // An optional object without any entered value is left out, with the errors of its required fields.
    const inner: Errors = new Map();
    const read = readFields(target.fields ?? [], given, `${path}.`, inner);
    if (!target.required && !hasContent(value, target)) return undefined;
    for (const [at, error] of inner) errors.set(at, error);
    return { value: read };
  }
  if (target.kind === 'list') {
    const list = Array.isArray(value) ? (value as readonly FormValue[]) : [];
    if (list.length === 0 && !target.required) return undefined;
    if (target.minimum !== undefined && list.length < target.minimum)
      errors.set(path, `At least ${target.minimum}`);
    if (target.maximum !== undefined && list.length > target.maximum)
      errors.set(path, `At most ${target.maximum}`);
    return {
      value: list.map(
        (element, index) => readField(target.item as Field, element, `${path}[${index}]`, errors)?.value,
      ),
    };
  }
  return readText(target, typeof value === 'string' ? value : '', path, errors);
}

/** Whether something other than the initial value was entered. */
function hasContent(value: FormValue | undefined, { initial }: Field): boolean {
  return value !== undefined && JSON.stringify(value) !== JSON.stringify(initial);
}

function readFields(fields: readonly Field[], values: FormValues, prefix: string, errors: Errors): Arguments {
  return record(
    fields.flatMap((item) => {
      const given = Object.hasOwn(values, item.name) ? values[item.name] : undefined;
      const reading = readField(item, given, `${prefix}${item.name}`, errors);
      return reading === undefined ? [] : [[item.name, reading.value] as const];
    }),
  );
}

/** The arguments from the values of a form, or an error by path of the field. An empty optional field is omitted. */
export function readArguments(fields: readonly Field[], values: FormValues): ArgumentsReading {
  const errors: Errors = new Map();
  const read = readFields(fields, values, '', errors);
  return errors.size > 0 ? { errors: record([...errors]) } : { arguments: read };
}

/** An object of own properties, even when the server chose a name such as `__proto__`. */
function record<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries);
}
