import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PAGES } from '#lib/config/pages.ts';
import { references } from '#scripts/init/code.ts';
import { removeUnusedExports } from '#scripts/init/exports.ts';
import { withoutFeatures, withoutRows } from '#scripts/init/markdown.ts';
import { renamed } from '#scripts/init/names.ts';
import { lean, type PartName, parts, removable } from '#scripts/init/parts.ts';
import { type Choice, InitError, plan, readParts, removedParts } from '#scripts/init/plan.ts';
import { webAddress } from '#scripts/init/repository.ts';
import { readTree } from '#scripts/init/tree.ts';
import { withDependents } from '#tests/init/variants.ts';

const before = readTree('.');
const names = { name: 'Acme', slug: 'acme', prefix: 'acme' };
const choice = (without: readonly PartName[]): Choice => ({
  names,
  toolNames: ['whoami'],
  without,
  keep: [],
});
/** Words by which documents and `.env.example` name a feature. */
const WORDS: Partial<Record<PartName, RegExp>> = {
  inspector: /(?<!MCP )\binspector\b(?!["'/])/i,
  doctor: /\bdoctor\b/i,
  'fast-path': /fast.path/i,
  notes: /\bnotes\b/i,
  telemetry: /telemetry/i,
  'connected-clients': /Connected clients/,
};
/** Records of what was decided about the starter keep its words. */
const RECORDS = /^docs\/decisions\//;
const variants = removable.map((name): [string, PartName[]] => [name, withDependents(name)]);

describe.each([['nothing', []], ...variants, ['all that --lean removes', lean]] satisfies [
  string,
  readonly PartName[],
][])('without %s', (_, without) => {
  const after = plan(before, choice(without));

  test('no module imports a removed one', () => {
    const broken = [...after].flatMap(([path, text]) =>
      text !== null && /\.tsx?$/.test(path)
        ? references(path, text)
            .filter(({ target }) => before.has(target) && !after.has(target))
            .map(({ target }) => `${path} → ${target}`)
        : [],
    );
    expect(broken).toEqual([]);
  });

  test('no document names a removed feature, and no link leads to an anchor that is gone', () => {
    const gone = [...removedParts(choice(without))];
    const named = [...after].flatMap(([path, text]) => {
      if (text === null || RECORDS.test(path) || !/\.md$|^\.env\.example$/.test(path)) return [];
      // Routes of other parts begin with those of the inspector.
      const prose = text.replaceAll('/inspector/client-metadata', '');
      return gone.filter((name) => WORDS[name]?.test(prose)).map((name) => `${path} names ${name}`);
    });
    expect(named).toEqual([]);
    const elements = [...after].flatMap(([path, text]) => (path.endsWith('.tsx') ? [text ?? ''] : [])).join();
    const anchors = [...elements.matchAll(/href="\/?#([\w-]+)"/g)].map(([, anchor]) => anchor);
    expect(anchors.filter((anchor) => !elements.includes(`id="${anchor}"`))).toEqual([]);
  });

  test('no link in a document leads to a file that is gone', () => {
    const broken = [...after].flatMap(([path, text]) =>
      text === null || !path.endsWith('.md')
        ? []
        : [...text.matchAll(/\]\(([\w./-]+)(?:#[\w-]+)?\)/g)]
            .map(([, link = '']) => posix.join(posix.dirname(path), link))
            .filter((target) => before.has(target) && !after.has(target))
            .map((target) => `${path} → ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('no file names the folder or a script of a removed part', () => {
    const gone = [...removedParts(choice(without))];
    const named = [...after].flatMap(([path, text]) =>
      text === null || RECORDS.test(path)
        ? []
        : gone
            .flatMap((name) => [
              `features/${name}`,
              ...(parts[name].scripts ?? [])
                .filter((script) => script !== 'init')
                .map((script) => `npm run ${script}`),
            ])
            .filter((string) => new RegExp(`${string}(?![\\w:-])`).test(text))
            .map((string) => `${path} names ${string}`),
    );
    expect(named).toEqual([]);
  });

  test('the list of pages has no page that is gone', () => {
    const removed = without.flatMap((name) => parts[name].pages ?? []);
    const listed = [...(after.get('lib/config/pages.ts') ?? '').matchAll(/path: '([^']*)'/g)].map(
      ([, path]) => path,
    );
    expect(listed).toEqual(PAGES.map(({ path }) => path).filter((path) => !removed.includes(path)));
  });

  test('package.json names no file that is gone, and no marker is left in a document', () => {
    const { scripts } = JSON.parse(after.get('package.json') ?? '');
    const files = Object.values<string>(scripts).flatMap((script) => script.match(/[\w/.-]+\.ts\b/g) ?? []);
    expect(files.filter((file) => !after.has(file))).toEqual([]);
    for (const [path, text] of after)
      if (path.endsWith('.md')) expect(text, path).not.toMatch(/<!-- \/?(?:feature|project)/);
  });
});

describe('what can be chosen', () => {
  test('an unknown feature is refused with those that exist', () => {
    expect(() => readParts('inspector,chat', removable)).toThrow(
      /^There is no chat\. Choose from: connected-clients, /,
    );
    expect(() => readParts('bench', removable)).toThrow(InitError);
  });

  test('discovery goes with the last feature that needs it, and not before', () => {
    expect(removedParts(choice(['inspector']))).not.toContain('discovery');
    expect(removedParts(choice(['inspector', 'doctor']))).toContain('discovery');
    expect(() => removedParts(choice(['discovery']))).toThrow(
      'inspector and doctor cannot work without discovery: name inspector, doctor too.',
    );
  });

  test('parts of the project go unless they are kept', () => {
    expect(removedParts(choice([]))).toContain('bench');
    expect(removedParts({ without: [], keep: ['bench'] })).not.toContain('bench');
  });
});

describe('renaming', () => {
  const rename = (path: string, text: string) => renamed(path, text, names, ['whoami', 'add_note']);

  test('reaches tool names in strings, comments, templates and prose', () => {
    const inside = '{add_note}';
    expect(rename('a.ts', "call('whoami'); // whoami")).toBe("call('acme_whoami'); // acme_whoami");
    expect(rename('a.ts', `\`whoami $${inside}\``)).toBe(`\`acme_whoami $${inside}\``);
    expect(rename('a.tsx', '<code>whoami</code>')).toBe('<code>acme_whoami</code>');
    expect(rename('a.md', 'Call `whoami`.')).toBe('Call `acme_whoami`.');
  });

  test('leaves identifiers and file names', () => {
    const code = "import { whoami } from './whoami.ts';\nexport const tools = [whoami];";
    expect(rename('a.ts', code)).toBe(code);
    expect(rename('a.md', `\`\`\`ts\n${code}\n\`\`\``)).toBe(`\`\`\`ts\n${code}\n\`\`\``);
    expect(rename('a.md', '`lib/mcp/tools/whoami.ts`')).toBe('`lib/mcp/tools/whoami.ts`');
  });

  test('puts the new name in the place of the old one', () => {
    expect(rename('a.md', '# MCP AuthKit Starter (mcp-authkit-starter)')).toBe('# Acme (acme)');
  });
});

describe('documents', () => {
  const removed = new Set(['doctor']);

  test('lose the blocks, lines and spans of removed features only', () => {
    const text =
      'a\n\n<!-- feature: doctor -->\nb\n<!-- /feature -->\n<!-- feature: inspector,doctor -->\nc\n<!-- /feature -->\n';
    expect(withoutFeatures(text, removed)).toBe('a\n\nc\n');
    expect(
      withoutFeatures('| d | <!-- feature: doctor -->\n| i | <!-- feature: inspector -->\n', removed),
    ).toBe('| i |\n');
    expect(withoutFeatures('x<!-- feature: doctor --> and y<!-- /feature -->.', removed)).toBe('x.\n');
    expect(
      withoutFeatures('a <!-- feature: doctor -->\nb<!-- feature: doctor --> c<!-- /feature -->.\n', removed),
    ).toBe('b.\n');
  });

  test('lose rows of tables that only name what is gone', () => {
    const gone = (path: string) => path.startsWith('lib/gone');
    const rows = '| a | `lib/a.ts`, `lib/gone.ts` |\n| b | `lib/gone.ts` |\n| c | [x](lib/gone.md) |';
    expect(withoutRows('README.md', rows, gone)).toBe('| a | `lib/a.ts` |');
  });
});

test('a remote that is a path on this machine has no web address', () => {
  expect(webAddress('/srv/starter')).toBeUndefined();
  expect(webAddress('git@github.com:acme/mcp.git')).toBe('https://github.com/acme/mcp');
});

test('an export that only removed code imported goes with what only it used, and nothing else does', () => {
  const lib = `import { a, type B } from './a.ts';
import { c } from './c.ts';

/** Used by a feature. */
export const one = [...a, c(1)];

function helper(): B {
  return { text: 'one' };
}

export function two(): B {
  return helper();
}
`;
  const user = (names: string) => `import { ${names} } from '#lib/x.ts';\n`;
  const starter = new Map([
    ['lib/x.ts', lib],
    ['features/f/f.ts', user('one')],
    ['app/page.ts', user('two')],
  ]);
  const tree = new Map([...starter].filter(([path]) => !path.startsWith('features/')));
  removeUnusedExports(starter, tree);
  expect(tree.get('lib/x.ts')).toBe(`import { type B } from './a.ts';


function helper(): B {
  return { text: 'one' };
}

export function two(): B {
  return helper();
}
`);
});
