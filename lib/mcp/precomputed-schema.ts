import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type { z } from 'zod';

/**
 * A zod object with its JSON Schema computed once. The SDK builds a server for each request and asks for the JSON Schema
 * each time; zod would convert it again for each call and each list.
 */
export function precomputedSchema(schema: z.ZodObject): StandardSchemaWithJSON {
  const standard = schema['~standard'];
  const options = { target: 'draft-2020-12' } as const;
  const input = standard.jsonSchema.input(options);
  const output = standard.jsonSchema.output(options);
  return { '~standard': { ...standard, jsonSchema: { input: () => input, output: () => output } } };
}
