import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeBlocks } from '#tests/support/markdown.ts';
import { runIn, trackedCopy } from '#tests/support/tracked-copy.ts';

const INDEX = 'lib/mcp/tools/index.ts';
const FORGET_NOTES_TEST = `
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';

const claims = { permissions: ['notes:forget'] };
let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
  const client = await endpoint.connect();
  for (const text of ['milk and bread', 'milk', 'tea']) await client.callTool({ name: 'add_note', arguments: { text } });
});
afterAll(() => endpoint.close());

test('is not there for a person without the role', async () => {
  const client = await endpoint.connect();
  expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('forget_notes');
});

test('deletes nothing when the person says no', async () => {
  const client = await endpoint.connect({ claims, agrees: false });
  expect(await client.callTool({ name: 'forget_notes', arguments: { containing: 'milk' } })).toMatchObject({ isError: true });
});

test('deletes and tells how far it is when the person says yes', async () => {
  const client = await endpoint.connect({ claims, agrees: true });
  const seen: number[] = [];
  const result = await client.callTool(
    { name: 'forget_notes', arguments: { containing: 'milk' } },
    { onprogress: ({ progress }) => seen.push(progress) },
  );
  expect(result.structuredContent).toEqual({ forgotten: 2 });
  // The client reports the round in which the person was asked as progress too.
  expect(seen.slice(-2)).toEqual([1, 2]);
});
`;

const copy = trackedCopy({ modules: 'link' });
const blocks = codeBlocks('docs/add-a-tool.md').filter(({ file }) => file !== undefined);
const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'test' };

function write(file: string, text: string): void {
  mkdirSync(dirname(join(copy.path, file)), { recursive: true });
  writeFileSync(join(copy.path, file), text);
}

beforeAll(() => {
  for (const { file = '', text } of blocks) write(file, text);
  write('tests/unit/mcp/tools/forget-notes.test.ts', FORGET_NOTES_TEST);
  const tools = blocks.filter(({ file = '' }) => file.startsWith('lib/mcp/tools/'));
  const names = tools.map(({ text }) => /^export const (\w+) = defineTool/m.exec(text)?.[1]);
  const imports = tools.map(
    ({ file = '' }, index) => `import { ${names[index]} } from './${basename(file)}';\n`,
  );
  const before = readFileSync(INDEX, 'utf8');
  write(INDEX, imports.join('') + before.replace('Tool[] = [', `Tool[] = [${names.join(', ')},`));
});

afterAll(() => copy.remove());

test('the guide shows a small tool, a larger one and a test', () => {
  expect(blocks.map(({ file }) => file)).toEqual([
    'lib/mcp/tools/roll-dice.ts',
    'tests/unit/mcp/tools/roll-dice.test.ts',
    'lib/mcp/tools/forget-notes.ts',
  ]);
});

test('the tools of the guide answer through the endpoint, and its test passes', () => {
  runIn(
    copy.path,
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', 'tests/unit/mcp/tools'],
    env,
  );
});

test('the code of the guide has types and style in order', () => {
  const files = [...blocks.map(({ file = '' }) => file), INDEX];
  write(
    'tsconfig.guide.json',
    JSON.stringify({ extends: './tsconfig.json', compilerOptions: { incremental: false }, include: files }),
  );
  runIn(copy.path, process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.guide.json'], env);
  for (const { file = '' } of blocks) {
    const text = readFileSync(join(copy.path, file), 'utf8');
    // The line that names the file is the guide's own.
    write(file, text.replace(/^.*\n/, ''));
  }
  const biome = ['node_modules/@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false'];
  runIn(copy.path, process.execPath, [...biome, ...blocks.map(({ file = '' }) => file)], env);
});
