import type { Tool } from '@modelcontextprotocol/client';
import { isObject } from '#lib/text/json.ts';

/** Something about the definition of a tool that a client or a model provider may refuse or misread. */
export type LintWarning = {
  id: string;
  /** Where: a JSON path such as `inputSchema.properties.tags`, or `name`. */
  path: string;
  title: string;
  fix: string;
  /** Whose rule it is. */
  reference: { name: string; url: string };
};

type Schema = Readonly<Record<string, unknown>>;
type Node = { schema: unknown; path: string; keyword: string | undefined; depth: number };

const MCP_TOOLS = {
  name: 'MCP 2026-07-28, Tools',
  url: 'https://modelcontextprotocol.io/specification/2026-07-28/server/tools',
};
const GEMINI = {
  name: 'Gemini API, Schema of a function declaration',
  url: 'https://ai.google.dev/api/caching#Schema',
};
const GEMINI_NAMES = {
  name: 'Vertex AI, FunctionDeclaration',
  url: 'https://cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/FunctionDeclaration',
};
const OPENAI = {
  name: 'OpenAI, Supported schemas of Structured Outputs',
  url: 'https://platform.openai.com/docs/guides/structured-outputs#supported-schemas',
};
const OPENAI_NAMES = {
  name: 'OpenAI, Function calling',
  url: 'https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools',
};
const ANTHROPIC = {
  name: 'Claude Code issue 45106: the error of the Anthropic API',
  url: 'https://github.com/anthropics/claude-code/issues/45106',
};
const JSON_SCHEMA = {
  name: 'JSON Schema 2020-12, 4.3.2 Boolean schemas',
  url: 'https://json-schema.org/draft/2020-12/json-schema-core#section-4.3.2',
};

const COMBINATORS = ['oneOf', 'anyOf', 'allOf'];
/** Keywords whose value is one schema, a list of schemas, or schemas by name. */
const ONE = ['items', 'contains', 'not', 'propertyNames', 'if', 'then', 'else', 'additionalProperties'];
const LIST = [...COMBINATORS, 'prefixItems'];
const NAMED = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'];
/** Keywords of which a schema needs at least one to say anything about a value. */
const CONSTRAINTS = new Set([
  ...[
    ...ONE,
    ...LIST,
    ...NAMED,
    'type',
    'enum',
    'const',
    '$ref',
    '$dynamicRef',
    'required',
    'format',
    'pattern',
  ],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'unevaluatedProperties'],
]);

/** A hostile schema can be deep and wide. */
const MAX_DEPTH = 40;
const MAX_NODES = 5_000;
/** OpenAI accepts up to ten levels of nesting in strict mode. */
const OPENAI_DEPTH = 10;

/** Everything about one tool that is worth a warning, in the order of the definition. */
export function lintTool(tool: Tool): LintWarning[] {
  return [
    ...nameWarnings(tool),
    ...annotationWarnings(tool),
    ...rootWarnings(tool.inputSchema),
    ...schemaWarnings(tool.inputSchema, 'inputSchema'),
    ...(tool.outputSchema === undefined ? [] : schemaWarnings(tool.outputSchema, 'outputSchema')),
  ];
}

function nameWarnings({ name, description }: Tool): LintWarning[] {
  const found: LintWarning[] = [];
  const add = (id: string, title: string, fix: string, reference: LintWarning['reference']) =>
    found.push({ id, path: 'name', title, fix, reference });
  if (!/^[A-Za-z0-9_.-]{1,128}$/.test(name))
    add(
      'name-characters',
      'The name has characters that MCP does not allow',
      'Use 1 to 128 of A to Z, a to z, 0 to 9, "_", "-" and ".".',
      MCP_TOOLS,
    );
  else if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
    add(
      'name-not-portable',
      'OpenAI and Anthropic accept names of up to 64 letters, digits, "_" and "-"',
      'Rename the tool, or clients have to.',
      OPENAI_NAMES,
    );
  else if (!/^[A-Za-z_]/.test(name))
    add(
      'name-start',
      'Gemini accepts names that start with a letter or "_"',
      'Start the name with a letter.',
      GEMINI_NAMES,
    );
  if (!description?.trim())
    found.push({
      id: 'description-missing',
      path: 'description',
      title: 'There is no description',
      fix: 'Say what the tool does and when to use it: a model chooses tools by this text.',
      reference: MCP_TOOLS,
    });
  return found;
}

/** The contradictions between hints. Absent hints have the defaults of the standard, which contradict nothing. */
function annotationWarnings({ annotations = {} }: Tool): LintWarning[] {
  const { readOnlyHint, destructiveHint, idempotentHint } = annotations;
  const warn = (id: string, title: string, fix: string): LintWarning[] => [
    { id, path: 'annotations', title, fix, reference: MCP_TOOLS },
  ];
  if (readOnlyHint && destructiveHint)
    return warn(
      'annotations-contradict',
      'readOnlyHint and destructiveHint are both true',
      'A tool that only reads destroys nothing: remove one of them.',
    );
  if (readOnlyHint && idempotentHint === false)
    return warn(
      'annotations-contradict',
      'readOnlyHint is true and idempotentHint is false',
      'Reading twice changes nothing: remove idempotentHint, or readOnlyHint if the tool changes something.',
    );
  return [];
}

function rootWarnings(schema: Schema): LintWarning[] {
  const used = COMBINATORS.filter((keyword) => keyword in schema);
  return used.length === 0
    ? []
    : [
        {
          id: 'root-combinator',
          path: `inputSchema.${used[0]}`,
          title: `${used.join(', ')} at the top of the input schema`,
          fix: 'The Anthropic API refuses the whole request. Put the alternatives into a property, or make two tools.',
          reference: ANTHROPIC,
        },
      ];
}

function schemaWarnings(root: unknown, name: string): LintWarning[] {
  const found: LintWarning[] = [];
  const queue: Node[] = [{ schema: root, path: name, keyword: undefined, depth: 0 }];
  let deepest = 0;
  for (let at = 0; at < queue.length && at < MAX_NODES; at++) {
    const node = queue[at] as Node;
    found.push(...nodeWarnings(node));
    deepest = Math.max(deepest, node.path.split('.properties.').length - 1);
    if (node.depth < MAX_DEPTH) queue.push(...children(node));
  }
  if (deepest > OPENAI_DEPTH)
    found.push({
      id: 'too-deep',
      path: name,
      title: `Objects are nested ${deepest} levels deep`,
      fix: `OpenAI accepts up to ${OPENAI_DEPTH} levels in strict mode. Flatten the schema.`,
      reference: OPENAI,
    });
  return found;
}

function nodeWarnings({ schema, path, keyword }: Node): LintWarning[] {
  const warn = (
    id: string,
    title: string,
    fix: string,
    reference: LintWarning['reference'],
  ): LintWarning[] => [{ id, path, title, fix, reference }];
  if (typeof schema === 'boolean')
    return keyword === 'additionalProperties'
      ? []
      : warn(
          'boolean-schema',
          `${schema} in place of a schema`,
          schema
            ? 'Say what the value is, for instance {"type": "object"}.'
            : 'Write {"not": {}}, or leave the property out.',
          JSON_SCHEMA,
        );
  if (!isObject(schema)) return [];
  const { type, $ref } = schema;
  if (Array.isArray(type))
    return warn(
      'type-union',
      `type is a list (${type.map(String).join(', ').slice(0, 80)})`,
      'Gemini accepts one type per schema. Make the property optional, or use anyOf with one type each.',
      GEMINI,
    );
  if (typeof $ref === 'string' && !$ref.startsWith('#'))
    return warn(
      'remote-reference',
      '$ref leaves the document',
      'No client fetches it. Put the schema into $defs, and refer to "#/$defs/…".',
      MCP_TOOLS,
    );
  if (keyword !== 'not' && !Object.keys(schema).some((key) => CONSTRAINTS.has(key)))
    return warn(
      'untyped',
      'The schema accepts any value',
      'Give it a type: models then know what to send, and Gemini requires one.',
      GEMINI,
    );
  if (type === 'array' && !('items' in schema) && !('prefixItems' in schema))
    return warn(
      'list-without-items',
      'A list without items',
      'Say what it contains: Gemini and OpenAI refuse a list without items.',
      GEMINI,
    );
  if (Array.isArray(schema.enum) && schema.enum.some((value) => typeof value !== 'string'))
    return warn(
      'enum-not-text',
      'enum has values that are not text',
      'Gemini accepts strings only. Use strings, or minimum and maximum.',
      GEMINI,
    );
  return [];
}

function children({ schema, path, depth }: Node): Node[] {
  if (!isObject(schema)) return [];
  const child = (value: unknown, at: string, keyword: string): Node => ({
    schema: value,
    path: `${path}.${at}`,
    keyword,
    depth: depth + 1,
  });
  return [
    ...NAMED.flatMap((keyword) => {
      const named = schema[keyword];
      return isObject(named)
        ? Object.entries(named).map(([name, value]) => child(value, `${keyword}.${name}`, keyword))
        : [];
    }),
    ...LIST.flatMap((keyword) => {
      const list = schema[keyword];
      return Array.isArray(list)
        ? list.map((value, index) => child(value, `${keyword}[${index}]`, keyword))
        : [];
    }),
    ...ONE.flatMap((keyword) => (keyword in schema ? [child(schema[keyword], keyword, keyword)] : [])),
  ];
}
