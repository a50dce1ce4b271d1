import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');

/** Where everything is put that a run makes. */
export const WORK = join(HERE, '.work');

/** Databases and the like, deleted when a run ends. */
export const DATA = join(WORK, 'data');

/** Where the build under measurement lives: below the peers' packages, so that its routes find them. */
export const BENCH_APP = join(WORK, 'app');

/** An otherwise empty Next app with the constant route and mcp-handler. */
export const EMPTY_APP = join(WORK, 'empty-app');

/** Next's command, which the build below finds in the product's own packages. */
export const NEXT = join(ROOT, 'node_modules/next/dist/bin/next');

const COPIED = [
  'app',
  'components',
  'features',
  'lib',
  'public',
  'proxy.ts',
  'instrumentation.ts',
  'instrumentation-node.ts',
  'postcss.config.mjs',
  'tsconfig.json',
  'package.json',
];

const NEXT_CONFIG = `import { join } from 'node:path';
import base from '../../../../next.config.ts';
export default {
  ...base,
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: join(import.meta.dirname, '../../../..') },
};
`;

// Turbopack also looks for instrumentation.ts and proxy.ts in the folders above: with an extension of its own it finds
// those of the product nowhere.
const emptyNextConfig = (root: string) => `import { join } from 'node:path';
export default {
  pageExtensions: ['empty.tsx', 'empty.ts'],
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: join(import.meta.dirname, '${root}') },
};
`;

/** The modules of `endpoint.ts` that {@link removeAuthentication} replaces, and their replacement. */
const AUTHENTICATION = ['./authenticate.ts', '#lib/oauth/bearer.ts', './revocation.ts'];
const NO_AUTHENTICATION = '../../app/oauth/bench/open/without-authentication.ts';

/** Installs the peers and Lighthouse, unless they are there. Two have folders of their own, see the package.json there. */
export function installPeers(): void {
  for (const [folder, name] of [
    [HERE, 'mcp-handler'],
    [join(HERE, 'mcp-use'), 'mcp-use'],
    [join(HERE, 'lighthouse'), 'lighthouse'],
  ] as const) {
    if (existsSync(join(folder, 'node_modules', name))) continue;
    execFileSync('npm', ['ci', '--legacy-peer-deps', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
}

/** Whether there is a build, of whatever state of the product. */
export function isBuilt(): boolean {
  return [BENCH_APP, EMPTY_APP].every((app) => existsSync(join(app, '.next/BUILD_ID')));
}

/**
 * Makes a production build of the product with the routes of the benchmark added: the same build serves the
 * product, the constant route, the unauthenticated handler and the peers.
 *
 * @throws when the build fails
 */
export function buildBenchApp(): void {
  mkdirSync(BENCH_APP, { recursive: true });
  for (const name of COPIED) {
    rmSync(join(BENCH_APP, name), { recursive: true, force: true });
    cpSync(join(ROOT, name), join(BENCH_APP, name), { recursive: true });
  }
  removeAuthentication();
  // Below a path that the proxy of the pages leaves alone, like `/mcp`.
  cpSync(join(HERE, 'routes'), join(BENCH_APP, 'app/oauth/bench'), { recursive: true });
  writeFileSync(join(BENCH_APP, 'next.config.mjs'), NEXT_CONFIG);
  build(BENCH_APP);
}

/**
 * Makes a production build of a Next app that has nothing but a page, the constant route and mcp-handler.
 *
 * @throws when the build fails
 */
export function buildEmptyApp(): void {
  writeEmptyApp(EMPTY_APP, '../../../..');
  build(EMPTY_APP);
}

/**
 * Writes the empty app to a directory.
 *
 * @param root - of the project that it is built in, from there
 */
export function writeEmptyApp(directory: string, root: string): void {
  rmSync(join(directory, 'app'), { recursive: true, force: true });
  cpSync(join(HERE, 'empty-app'), directory, { recursive: true });
  for (const route of ['constant', 'mcp-handler', 'peers.ts'])
    cpSync(join(HERE, 'routes', route), join(directory, 'app', route), { recursive: true });
  for (const route of globSync('app/**/route.ts', { cwd: directory }))
    renameSync(join(directory, route), join(directory, route.replace(/ts$/, 'empty.ts')));
  for (const name of ['tsconfig.json', 'package.json']) cpSync(join(ROOT, name), join(directory, name));
  writeFileSync(join(directory, 'next.config.mjs'), emptyNextConfig(root));
}

function build(directory: string): void {
  execFileSync(process.execPath, [NEXT, 'build'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
}

/**
 * Adds a copy of the endpoint without authentication: no token, no signature, no revocation. Guards, limits, request id
 * and activity are those of the product.
 *
 * @throws {Error} when the endpoint does not import one of the replaced modules
 */
function removeAuthentication(): void {
  const folder = join(BENCH_APP, 'lib/mcp-open');
  cpSync(join(ROOT, 'lib/mcp'), folder, { recursive: true });
  const endpoint = join(folder, 'endpoint.ts');
  let text = readFileSync(endpoint, 'utf8');
  for (const module of AUTHENTICATION) {
    if (!text.includes(`from '${module}'`)) throw new Error(`endpoint.ts does not import ${module}`);
    text = text.replace(`from '${module}'`, `from '${NO_AUTHENTICATION}'`);
  }
  writeFileSync(endpoint, text);
}
