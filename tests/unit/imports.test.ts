import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

/** The folders of `lib`. A folder imports from itself and from the folders before it. */
const LIB = [
  'config',
  'text',
  'checks',
  'http',
  'server',
  'observability',
  'guarded-fetch',
  'oauth',
  'cimd',
  'workos',
  'db',
  'connections',
  'limits',
  'session',
  'mcp',
];
/** Features that other features may build on. */
const SHARED_FEATURES: Readonly<Record<string, readonly string[]>> = {
  'features/inspector': ['features/discovery'],
  'features/doctor': ['features/discovery'],
};
const MAX_ROUTE_LINES = 25;

type SourceFile = { path: string; text: string };

const sources: SourceFile[] = globSync('{app,components,features,lib}/**/*.{ts,tsx}')
  .concat(globSync('*.ts'))
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.endsWith('.d.ts') && !path.endsWith('.config.ts'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

type Import = { specifier: string; target: string };

/** Imports of our own modules, type-only ones included, with the target as a path from the root of the repository. */
function imports({ path, text }: SourceFile): Import[] {
  const specifiers = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([#.][^'"]*)['"]/g);
  return [...specifiers]
    .map(([, specifier = '']) => ({
      specifier,
      target: specifier.startsWith('#')
        ? specifier.slice(1)
        : posix.normalize(join(dirname(path), specifier)),
    }))
    .filter(({ target }) => target !== 'package.json');
}

/** The folder whose insides import each other by relative paths: `lib/oauth`, `features/<name>`, `app`. */
function folder(path: string): string {
  const [top = '', inside = ''] = path.split('/');
  return ['lib', 'features', 'components'].includes(top) ? `${top}/${inside}` : 'app';
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  const [top = '', name = ''] = from.split('/');
  const [otherTop = '', otherName = ''] = to.split('/');
  if (top === 'lib') return otherTop === 'lib' && LIB.indexOf(otherName) < LIB.indexOf(name);
  if (from === 'components/ui') return to === 'lib/text';
  if (top === 'components') return otherTop === 'lib' || otherTop === 'components';
  if (top === 'features')
    return otherTop === 'lib' || otherTop === 'components' || Boolean(SHARED_FEATURES[from]?.includes(to));
  return true;
}

const describeImport = ({ path }: SourceFile, { specifier }: Import) => `${path} imports ${specifier}`;

/** Files that import each other in a circle, as one path through the circle each. */
function circles(): string[] {
  const graph = new Map(sources.map((file) => [file.path, imports(file).map(({ target }) => target)]));
  const finished = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    else if (!finished.has(path)) for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

describe('the folders of the product', () => {
  test('are the folders that this test knows', () => {
    const known = [...LIB.map((name) => `lib/${name}`), 'components/ui', 'components/layout', 'app'];
    const unknown = sources
      .filter(({ path }) => !path.startsWith('features/') && !known.includes(folder(path)))
      .map(({ path }) => path);
    expect(unknown).toEqual([]);
    expect(sources.length).toBeGreaterThan(10);
  });

  test('import only what they may', () => {
    const wrong = sources.flatMap((file) =>
      imports(file)
        .filter(({ target }) => !mayImport(folder(file.path), folder(target)))
        .map((imported) => describeImport(file, imported)),
    );
    expect(wrong).toEqual([]);
  });

  test('have no circles, type-only imports included', () => {
    expect(circles()).toEqual([]);
  });

  test('use aliases across folders and relative paths inside a folder', () => {
    const wrong = sources
      .filter(({ path }) => path.includes('/'))
      .flatMap((file) =>
        imports(file)
          .filter(({ specifier, target }) => {
            const inside = folder(target) === folder(file.path);
            return specifier.startsWith('#') === inside;
          })
          .map((imported) => describeImport(file, imported)),
      );
    expect(wrong).toEqual([]);
  });

  test('never import development or test code', () => {
    const wrong = sources.flatMap((file) =>
      imports(file)
        .filter(({ target }) => /^(dev|tests|scripts)\//.test(target))
        .map((imported) => describeImport(file, imported)),
    );
    expect(wrong).toEqual([]);
  });

  test('read the environment in lib/config only', () => {
    const wrong = sources
      .filter(({ path }) => !path.startsWith('lib/config/'))
      // Next replaces this one in each of its bundles when it builds; it is not configuration.
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
