import type { Tool } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { lintTool } from '#features/inspector/lint/tool-lint.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

const tool = (change: object): Tool => ({
  name: 'search',
  description: 'Searches.',
  inputSchema: { type: 'object', properties: {} },
  ...change,
});
const ids = (change: object) => lintTool(tool(change)).map(({ id, path }) => [id, path]);
const withProperty = (schema: unknown) => ids({ inputSchema: { type: 'object', properties: { a: schema } } });
const AT_A = 'inputSchema.properties.a';

describe('the lint of a tool', () => {
  test('finds nothing in a plain definition', () => {
    expect(ids({})).toEqual([]);
    expect(
      withProperty({ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'integer' } }] }),
    ).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['a list of types', { type: ['string', 'null'] }, 'type-union'],
    ['a boolean in place of a schema', true, 'boolean-schema'],
    ['a schema without constraint', { description: 'x' }, 'untyped'],
    ['a reference to another document', { $ref: 'https://example.com/a.json' }, 'remote-reference'],
    ['a list without items', { type: 'array' }, 'list-without-items'],
    ['an enum of numbers', { enum: [1, 2] }, 'enum-not-text'],
  ])('warns about %s, and says where', (_what, schema, id) => {
    expect(withProperty(schema)).toEqual([[id, AT_A]]);
    expect(
      ids({ outputSchema: { type: 'object', properties: { list: { type: 'array', items: schema } } } }),
    ).toEqual([[id, 'outputSchema.properties.list.items']]);
  });

  test.each<[string, object, string]>([
    [
      'a combinator at the top',
      { inputSchema: { type: 'object', oneOf: [{ required: ['a'] }] } },
      'root-combinator',
    ],
    [
      'hints that contradict',
      { annotations: { readOnlyHint: true, destructiveHint: true } },
      'annotations-contradict',
    ],
    [
      'a read that is not idempotent',
      { annotations: { readOnlyHint: true, idempotentHint: false } },
      'annotations-contradict',
    ],
    ['a name with a space', { name: 'a b' }, 'name-characters'],
    ['a name with a dot', { name: 'files.read' }, 'name-not-portable'],
    ['a name that starts with a digit', { name: '3d' }, 'name-start'],
    ['no description', { description: ' ' }, 'description-missing'],
  ])('warns about %s', (_what, change, id) => {
    expect(ids(change).map(([found]) => found)).toEqual([id]);
  });

  test('ends on a schema that is deep, and one that is wide', () => {
    const deep = JSON.parse(`${'{"type":"object","properties":{"a":'.repeat(300)}{}${'}}'.repeat(300)}`);
    expect(ids({ inputSchema: deep }).map(([id]) => id)).toEqual(['too-deep']);
    const wide = {
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [i, true])),
    };
    expect(ids({ inputSchema: wide }).length).toBeLessThan(5_001);
  });
});

test('the tools of this server have no warning', async () => {
  stubConfiguration();
  const { tools } = await import('#lib/mcp/tools/index.ts');
  const options = { target: 'draft-2020-12' } as const;
  const warnings = tools.flatMap(({ name, listing }) => {
    const { title, description, annotations } = listing;
    const inputSchema = listing.inputSchema['~standard'].jsonSchema.input(options);
    const outputSchema = listing.outputSchema['~standard'].jsonSchema.output(options);
    return lintTool({ name, title, description, annotations, inputSchema, outputSchema } as Tool).map(
      (warning) => `${name}: ${warning.id} at ${warning.path}`,
    );
  });
  expect(warnings).toEqual([]);
});
