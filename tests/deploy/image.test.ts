import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, cpSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilAnswers } from '#scripts/processes.ts';
import { freePort } from '#tests/support/free-port.ts';
import { startPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import { temporaryDirectory, testEnvironment } from '#tests/support/processes.ts';
import { runIn, trackedCopy } from '#tests/support/tracked-copy.ts';
import { ignoredByDocker, readBuild, readImage } from './dockerfile.ts';

const ORIGIN = 'https://mcp.example.com';
const BUILD_MS = 600_000;
/** Not root: the image runs as a user that owns none of its files. */
const NOBODY = 65_534;

const image = readImage();
const root = temporaryDirectory('image');
const build = trackedCopy({ without: ignoredByDocker(), modules: 'own' });
let postgres: TestPostgres;
let env: NodeJS.ProcessEnv;
let app: ChildProcess;
let logs = '';

const at = (path: string) => `http://127.0.0.1:${env.PORT}${path}`;
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

beforeAll(async () => {
  const { env: buildEnv, args } = readBuild();
  const { PATH, HOME } = process.env;
  runIn(build.path, process.execPath, args, { PATH, HOME, NEXT_TELEMETRY_DISABLED: '1', ...buildEnv });
  for (const { from, to } of image.copies)
    cpSync(join(build.path, from), join(root.path, to), { recursive: true, verbatimSymlinks: true });
  chmodSync(root.path, 0o755);

  postgres = await startPostgres();
  env = {
    NODE_ENV: 'production',
    ...testEnvironment(),
    ...image.env,
    PORT: String(await freePort()),
    HOSTNAME: '127.0.0.1',
    APP_URL: ORIGIN,
    AUTHKIT_DOMAIN: 'https://authkit.invalid',
    WORKOS_API_KEY: 'sk_test_image',
    WORKOS_CLIENT_ID: 'client_image',
    WORKOS_COOKIE_PASSWORD: 'only-for-tests-0123456789-abcdefgh',
    DATABASE_URL: await postgres.createDatabase(),
  };
  const [program = '', ...rest] = image.command;
  expect(program).toBe('node');
  app = spawn(process.execPath, rest, { cwd: root.path, env, stdio: 'pipe', ...asNobody });
  for (const stream of [app.stdout, app.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      logs += text;
    });
  const ended = new Promise<number>((resolve) => app.once('exit', (code) => resolve(code ?? 1)));
  const stop = () => {
    app.kill('SIGKILL');
    return ended;
  };
  await untilAnswers(at('/health/ready'), { name: 'The image', child: app, ended, stop }).catch((error) => {
    throw new Error(`${error}
${logs}`);
  });
}, BUILD_MS);

afterAll(async () => {
  app?.kill('SIGKILL');
  await postgres?.close();
  for (const directory of [root, build]) directory.remove();
});

test('an MCP client gets a challenge with the public URL', async () => {
  const answer = await fetch(at('/mcp'), { method: 'POST' });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toContain(
    `resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource/mcp"`,
  );
  const metadata = await fetch(at('/.well-known/oauth-protected-resource/mcp'));
  expect(await metadata.json()).toMatchObject({ resource: `${ORIGIN}/mcp` });
});

test('a page is served with its styles and images', async () => {
  const page = await fetch(at('/'), { headers: { 'x-forwarded-host': new URL(ORIGIN).host } });
  expect(page.status).toBe(200);
  const html = await page.text();
  const [, styles = ''] = /href="(\/_next\/static\/[^"]+\.css[^"]*)"/.exec(html) ?? [];
  expect((await fetch(at(styles))).headers.get('content-type')).toContain('text/css');
  expect((await fetch(at('/logo.svg'))).status).toBe(200);
});

test('the health check of the image passes, and fails when nothing listens', async () => {
  const [program, ...args] = image.healthcheck;
  expect(program).toBe('node');
  const check = (port: string | undefined) =>
    new Promise((resolve) =>
      spawn(process.execPath, args, { env: { ...env, PORT: port } }).once('exit', resolve),
    );
  expect(await check(env.PORT)).toBe(0);
  expect(await check(String(await freePort()))).toBe(1);
});

test('the image contains no development files', () => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const packages = globSync('node_modules/{@*/*,[!@]*}/package.json', { cwd: root.path }).map((file) =>
    file.replaceAll('\\', '/').slice('node_modules/'.length, -'/package.json'.length),
  );
  expect(packages).toContain('next');
  expect(packages.filter((name) => name in devDependencies)).toEqual([]);
  expect(packages).not.toContain('sharp');
  expect(globSync('{dev,tests,scripts,docs,.data,.env*}', { cwd: root.path })).toEqual([]);
});

test('the image does not run as root', () => {
  expect(image.user).not.toBe('root');
});

test('the container ends in order on SIGTERM without an error in its log', async () => {
  const ended = new Promise((resolve) => app.once('exit', resolve));
  app.kill('SIGTERM');
  expect(await ended).toBe(143);
  expect(logs).not.toMatch(/EACCES|EROFS|does not work|"level":"error"/);
});
