import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

/** A module imports from its own group and from groups before it; groups on one line do not import each other. */
const ORDER = [
  ['config'],
  ['observability'],
  ['net'],
  ['oauth'],
  ['workos'],
  ['db'],
  ['connections'],
  ['session'],
  ['mcp', 'inspector', 'health'],
  ['components'],
  ['app'],
];
const MAX_ROUTE_LINES = 25;

type SourceFile = { path: string; text: string };

const sources: SourceFile[] = globSync('{app,components,lib}/**/*.{ts,tsx}')
  .concat(globSync('*.ts'))
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.endsWith('.d.ts') && !path.endsWith('.config.ts'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** The paths, from the root of the repository, of our own modules that a file imports. */
function imports({ path, text }: SourceFile): string[] {
  const specifiers = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([#.][^'"]*)['"]/g);
  return [...specifiers]
    .map(([, specifier = '']) =>
      specifier.startsWith('#') ? specifier.slice(1) : posix.normalize(join(dirname(path), specifier)),
    )
    .filter((target) => target !== 'package.json');
}

/** The group of a file: the folder under `lib`, `components`, or `app` for everything else. */
function group(path: string): string {
  const [top = '', folder = ''] = path.split('/');
  return top === 'lib' ? folder : top === 'components' ? 'components' : 'app';
}

const rank = (path: string) => ORDER.findIndex((groups) => groups.includes(group(path)));

function mayImport(from: string, to: string): boolean {
  return group(from) === group(to) || rank(to) < rank(from);
}

describe('the folders of the product', () => {
  test('are all in the order that this test knows', () => {
    const unknown = sources.filter(({ path }) => rank(path) === -1).map(({ path }) => path);
    expect(unknown).toEqual([]);
    expect(sources.length).toBeGreaterThan(10);
  });

  test('import only from the groups before them', () => {
    const wrong = sources.flatMap((file) =>
      imports(file)
        .filter((target) => !mayImport(file.path, target))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('never import development or test code', () => {
    const wrong = sources.flatMap((file) =>
      imports(file)
        .filter((target) => /^(dev|tests|scripts)\//.test(target))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('read the environment in lib/config only', () => {
    const wrong = sources
      .filter(({ path }) => !path.startsWith('lib/config/'))
      // Next replaces this one when it builds; it is how it tells its bundles apart, not configuration.
      .filter(({ path, text }) =>
        /process\s*(\?\.|\.)\s*env|process\[|import\.meta\.env|\benv\b[^;]*from 'node:process'/.test(
          path === 'instrumentation.ts' ? text.replaceAll('process.env.NEXT_RUNTIME', '') : text,
        ),
      )
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  test('keep route handlers to importing and exporting', () => {
    const long = sources
      .filter(({ path }) => path.startsWith('app/') && path.endsWith('/route.ts'))
      .filter(({ text }) => text.trimEnd().split('\n').length > MAX_ROUTE_LINES)
      .map(({ path }) => path);
    expect(long).toEqual([]);
  });
});
