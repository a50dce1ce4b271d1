import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { isObject, member } from '#lib/text/json.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The same schema of arguments, which drops what has no meaning before it refuses: arguments that it does not name, and
 * `null` where it takes none. Clients and models send both. Of a union, what any alternative names is named, and `null` is
 * dropped where no alternative takes it, then where one does not. The published JSON Schema is unchanged.
 */
export function lenientSchema(schema: StandardSchemaWithJSON): StandardSchemaWithJSON {
  const standard = schema['~standard'];
  const root = standard.jsonSchema.input({ target: 'draft-2020-12' });
  const validate: typeof standard.validate = (value) =>
    (['some', 'every'] as const).reduce((result, taking) => {
      const retry = ({ issues }: Awaited<typeof result>) =>
        issues === undefined ? result : standard.validate(meaningful(value, [root], root, taking));
      return result instanceof Promise ? result.then(retry) : retry(result);
    }, standard.validate(value));
  return { '~standard': { ...standard, validate } };
}

/** `value` without unknown members, and without each `null` that these schemas, `some` or `every` of them, do not take. */
function meaningful(value: unknown, schemas: unknown[], root: JsonSchema, taking: 'some' | 'every'): unknown {
  const alternatives = alternativesOf(schemas, root);
  if (Array.isArray(value))
    return value.map((item, index) => {
      const of = ({ prefixItems, items }: JsonSchema) => Object(prefixItems)[index] ?? items;
      return meaningful(item, alternatives.map(of), root, taking);
    });
  const objects = alternatives.filter(({ type = 'object' }) => [type].flat().includes('object'));
  if (!isObject(value) || objects.length === 0) return value;
  const kept = Object.entries(value).flatMap(([name, inner]) => {
    const named = objects.map(
      ({ properties, additionalProperties = {} }) => member(properties, name) ?? additionalProperties,
    );
    const takesNull = (one: unknown) => alternativesOf([one], root).some(isNullable);
    if (inner === null ? !named[taking](takesNull) : named.every((one) => one === false)) return [];
    return [[name, meaningful(inner, named, root, taking)]];
  });
  return Object.fromEntries(kept);
}

/** These schemas, with the alternatives of each union in its place. `true` and `false` are left out. */
function alternativesOf(schemas: unknown[], root: JsonSchema): JsonSchema[] {
  return schemas.filter(isObject).flatMap((schema) => {
    const { $ref, anyOf, oneOf, allOf } = schema;
    const target = () => String($ref).split('/').slice(1).reduce<unknown>(member, root);
    const others = $ref === undefined ? (anyOf ?? oneOf ?? allOf) : [target()];
    return Array.isArray(others) ? alternativesOf(others, root) : [schema];
  });
}

const isNullable = (schema: JsonSchema) =>
  [schema.type ?? 'null'].flat().includes('null') &&
  (!Array.isArray(schema.enum) || schema.enum.includes(null));
