import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { isObject } from '#lib/text/json.ts';

type Result = Awaited<ReturnType<StandardSchemaWithJSON['~standard']['validate']>>;
type Issues = NonNullable<Result['issues']>;

/**
 * The same schema of arguments, which drops what has no meaning before it refuses: arguments that it does not name, and
 * `null` where it takes none. Clients and models send both. The published JSON Schema is unchanged.
 */
export function lenientSchema(schema: StandardSchemaWithJSON): StandardSchemaWithJSON {
  const standard = schema['~standard'];
  const retry = (value: unknown, result: Result) =>
    result.issues === undefined ? result : standard.validate(withoutMeaningless(value, result.issues));
  const validate: typeof standard.validate = (value) => {
    const result = standard.validate(value);
    return result instanceof Promise ? result.then((first) => retry(value, first)) : retry(value, result);
  };
  return { '~standard': { ...standard, validate } };
}

function withoutMeaningless(value: unknown, issues: Issues): unknown {
  const copy: unknown = structuredClone(value);
  for (const issue of issues) {
    const path = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
    // zod names unknown members beside the path of their parent.
    const unknown = 'keys' in issue && Array.isArray(issue.keys) ? issue.keys : undefined;
    const name = unknown === undefined ? path.pop() : undefined;
    const parent = path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown>)?.[part], copy);
    if (!isObject(parent)) continue;
    if (name !== undefined && parent[name as string] === null) Reflect.deleteProperty(parent, name);
    for (const key of unknown ?? []) Reflect.deleteProperty(parent, key);
  }
  return copy;
}
