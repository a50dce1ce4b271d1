import type { z } from 'zod';

/**
 * A zod object whose JSON Schema is made once. The SDK builds a server for each request and asks for the JSON form
 * each time; zod would convert anew at every call and every list.
 */
export function preparedSchema<Schema extends z.ZodObject>(schema: Schema) {
  const standard = schema['~standard'];
  const options = { target: 'draft-2020-12' } as const;
  const input = standard.jsonSchema.input(options);
  const output = standard.jsonSchema.output(options);
  return { '~standard': { ...standard, jsonSchema: { input: () => input, output: () => output } } };
}
