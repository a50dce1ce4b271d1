import type { JsonSchemaType } from '@modelcontextprotocol/client';
import { isObject } from '#lib/text/json.ts';
import { sanitize } from '#lib/text/sanitize.ts';

/** Schemas that are larger, or refer to parts of themselves more often, could keep the page busy for long. */
const MAX_CHARACTERS = 200_000;
const MAX_REFERENCES = 30;

/** Patterns of a server could keep the page busy for long (ReDoS), so they are not checked. */
const UNCHECKED = new Set(['pattern', 'patternProperties', 'format', '$id', '$anchor', '$dynamicRef']);

/**
 * Checks a value against a JSON Schema of a server, except for patterns and formats.
 *
 * @returns what is wrong, as a sentence; undefined when it fits, or when the schema cannot be checked
 */
export async function schemaProblem(schema: unknown, value: unknown): Promise<string | undefined> {
  if (!isObject(schema) || value === undefined) return undefined;
  const text = JSON.stringify(schema);
  if (text.length > MAX_CHARACTERS || text.split('"$ref"').length > MAX_REFERENCES) return undefined;
  const { CfWorkerJsonSchemaValidator } = await import('@modelcontextprotocol/client/validators/cf-worker');
  try {
    const checked = withoutPatterns(schema) as JsonSchemaType;
    const { valid, errorMessage } = new CfWorkerJsonSchemaValidator().getValidator(checked)(value);
    return valid ? undefined : sanitize(errorMessage, 400);
  } catch {
    return undefined;
  }
}

function withoutPatterns(schema: unknown, named = false): unknown {
  if (Array.isArray(schema)) return schema.map((item) => withoutPatterns(item));
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      // Properties can have these names too.
      .filter(([key]) => named || !UNCHECKED.has(key))
      .map(([key, value]) => [
        key,
        ['const', 'enum', 'default', 'examples'].includes(key) && !named
          ? value
          : withoutPatterns(value, key === 'properties' || key === '$defs' || key === 'definitions'),
      ]),
  );
}
