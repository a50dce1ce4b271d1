import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeBlocks } from '#tests/support/markdown.ts';
import { runIn, trackedCopy } from '#tests/support/tracked-copy.ts';

const INDEX = 'lib/mcp/tools/index.ts';
const LARGER_TOOL_TEST = `
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';

const call = { name: 'revoke_unused', arguments: { days: 0 } };
const claims = { permissions: ['connections:cleanup'], client_id: 'https://own.example/id.json' };
let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
  for (const name of ['old', 'older']) {
    const client = await endpoint.connect({ claims: { client_id: \`https://\${name}.example/id.json\`, sid: name } });
    await client.listTools();
  }
});
afterAll(() => endpoint.close());

test('revoke_unused is hidden from a person without the permission', async () => {
  const client = await endpoint.connect({ claims: { sub: 'user_ben' } });
  expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('revoke_unused');
});

test('revoke_unused revokes nothing when the person declines', async () => {
  const client = await endpoint.connect({ claims, agrees: false });
  const declined = { isError: true, content: [{ text: 'The person did not agree, so nothing was changed.' }] };
  await expect.poll(() => client.callTool(call)).toMatchObject(declined);
});

test('revoke_unused revokes and reports progress when the person agrees', async () => {
  const client = await endpoint.connect({ claims, agrees: true });
  const seen: number[] = [];
  const result = await client.callTool(call, { onprogress: ({ progress }) => seen.push(progress) });
  expect(result.structuredContent).toEqual({ revoked: 2 });
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
  write('tests/unit/mcp/tools/revoke-unused.test.ts', LARGER_TOOL_TEST);
  const tools = blocks.filter(({ file = '' }) => file.startsWith('lib/mcp/tools/'));
  const names = tools.map(({ text }) => /^export const (\w+) = defineTool/m.exec(text)?.[1]);
  const imports = tools.map(
    ({ file = '' }, index) => `import { ${names[index]} } from './${basename(file)}';\n`,
  );
  const before = readFileSync(INDEX, 'utf8');
  write(INDEX, imports.join('') + before.replace('Tool[] = [', `Tool[] = [${names.join(', ')},`));
});

afterAll(() => copy.remove());

test('the guide has a small tool, a larger one and a test', () => {
  expect(blocks.map(({ file }) => file)).toEqual([
    'lib/mcp/tools/roll-dice.ts',
    'tests/unit/mcp/tools/roll-dice.test.ts',
    'lib/mcp/tools/revoke-unused.ts',
  ]);
});

test('the tools of the guide can be called through the endpoint, and the test of the guide passes', () => {
  runIn(
    copy.path,
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'unit*',
      'tests/unit/mcp/tools/roll-dice.test.ts',
      'tests/unit/mcp/tools/revoke-unused.test.ts',
    ],
    env,
  );
}, 120_000);

test('the code of the guide passes the type checker and the linter', () => {
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
