import { isObject } from '#lib/text/json.ts';
import type { Field } from './field.ts';
import { formValue } from './form-values.ts';

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
