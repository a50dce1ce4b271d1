import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ClientUnderTest } from './client.ts';

/** Outside the project, because none of these packages is its dependency, and kept, because they are large. */
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mcp-authkit-starter', 'clients');

/** The folder in which the packages of a client are installed, by their versions. */
export function directoryOf({ packages }: Pick<ClientUnderTest, 'packages'>): string {
  const name = Object.entries(packages)
    .map(([name, version]) => `${name.replace('@', '').replace('/', '-')}@${version}`)
    .join('+');
  return join(CACHE, name);
}

/** Installs the packages of a client, unless they are. */
export function install(client: ClientUnderTest): void {
  const directory = directoryOf(client);
  const finished = join(directory, '.installed');
  if (existsSync(finished)) return;
  mkdirSync(directory, { recursive: true });
  const manifest = { private: true, type: 'module', dependencies: client.packages };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest, null, 2));
  console.error(`Installing ${client.name} into ${directory}…`);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  writeFileSync(finished, '');
}

/** Path of a file of an installed package; without `file`, of its program. */
export function fileOf(directory: string, name: string, file?: string): string {
  const root = join(directory, 'node_modules', name);
  if (file !== undefined) return join(root, file);
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const program = typeof bin === 'string' ? bin : Object.values<string>(bin ?? {})[0];
  if (program === undefined) throw new Error(`${name} has no program`);
  return join(root, program);
}

export async function load(directory: string, name: string): Promise<unknown> {
  const resolved = createRequire(join(directory, 'package.json')).resolve(name);
  return import(pathToFileURL(resolved).href);
}
