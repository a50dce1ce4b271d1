import { existsSync, globSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trackedCopy } from '#tests/support/tracked-copy.ts';
import { vercelBuild } from '#tests/support/vercel-build.ts';

const BUILD_MS = 900_000;
/** Bytes that one function may have. Vercel's limit is 250 MB; a function this small starts quickly. */
const MAX_FUNCTION = 15_000_000;

const project = trackedCopy({ modules: 'own' });
const output = join(project.path, '.vercel/output');

/** A function as it would be deployed: every file in it, with its size in bytes. */
type Deployed = { name: string; runtime: string; files: Map<string, number> };
let functions: Deployed[];

function readFunction(configuration: string): Deployed {
  const directory = dirname(configuration);
  const { runtime, filePathMap = {} } = JSON.parse(readFileSync(join(output, configuration), 'utf8'));
  const files = new Map<string, number>();
  for (const file of globSync('**/*', { cwd: join(output, directory) })) {
    const stat = statSync(join(output, directory, file));
    if (stat.isFile()) files.set(file, stat.size);
  }
  for (const [file, from] of Object.entries<string>(filePathMap))
    files.set(file, statSync(join(project.path, from)).size);
  return { name: directory, runtime, files };
}

/** The URL paths of the app's pages and route handlers. */
function routes(): string[] {
  return globSync('app/**/{page.tsx,route.ts}')
    .map((file) =>
      dirname(file.replaceAll('\\', '/'))
        .replace(/^app/, '')
        .replaceAll(/\/\([^)]*\)/g, ''),
    )
    .map((route) => (route === '' ? '/index' : route));
}

beforeAll(() => {
  vercelBuild(project.path);
  functions = globSync('functions/**/.vc-config.json', { cwd: output })
    .filter((file) => !lstatSync(join(output, dirname(file))).isSymbolicLink())
    .map(readFunction);
}, BUILD_MS);

afterAll(() => project.remove());

describe('the output for Vercel', () => {
  test('has every page and route', () => {
    const missing = routes().filter((route) => !existsSync(join(output, 'functions', `${route}.func`)));
    expect(missing).toEqual([]);
    expect(routes()).toEqual(expect.arrayContaining(['/mcp', '/index', '/health/ready']));
  });

  test('has the proxy and the images', () => {
    expect(functions.map(({ name }) => name)).toContain('functions/_middleware.func');
    expect(existsSync(join(output, 'static/logo.svg'))).toBe(true);
  });

  test('runs on Node 24', () => {
    expect(new Set(functions.map(({ runtime }) => runtime))).toEqual(new Set(['nodejs24.x']));
  });

  test('contains no development package, local AuthKit, browser or embedded database', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const files = functions.flatMap((each) => [...each.files.keys()]);
    const names = files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
    expect(names).toContain('pg');
    expect(names.filter((name) => name in devDependencies)).toEqual([]);
    expect(names.filter((name) => /pglite|oidc-provider|chromium|playwright|sharp/.test(name))).toEqual([]);
    expect(
      files.filter((file) => /^(dev|tests|scripts|\.data)\/|\.wasm$|^\.env(\.local)?$/.test(file)),
    ).toEqual([]);
  });

  test('is small', () => {
    const sizes = functions.map(({ name, files }) => ({
      name,
      bytes: [...files.values()].reduce((sum, size) => sum + size, 0),
    }));
    console.table(sizes);
    expect(sizes.filter(({ bytes }) => bytes > MAX_FUNCTION)).toEqual([]);
  });
});
