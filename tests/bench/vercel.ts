import { cpSync, existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { trackedCopy } from '../support/tracked-copy.ts';
import { vercelBuild } from '../support/vercel-build.ts';
import { writeEmptyApp } from './app.ts';

/** The output of `vercel build`, until it is removed. */
export type VercelOutput = {
  /** The directory of the function that serves a path, with every file that would be deployed. */
  functionFor(path: string): string;
  remove(): void;
};

/**
 * Builds the product, or the empty app, for Vercel.
 *
 * @throws when the build fails
 */
export function buildForVercel(app: 'product' | 'empty'): VercelOutput {
  const project = trackedCopy({ without: app === 'empty' ? ['*'] : [], modules: 'own' });
  if (app === 'empty') {
    writeEmptyApp(project.path, '.');
    addPeers(join(project.path, 'node_modules'));
  }
  vercelBuild(project.path);
  return {
    functionFor(path) {
      const source = join(project.path, '.vercel/output/functions', `${path}.func`);
      const target = join(project.path, 'deployed', path);
      cpSync(source, target, { recursive: true, dereference: true });
      const { filePathMap = {} } = JSON.parse(readFileSync(join(target, '.vc-config.json'), 'utf8'));
      for (const [file, from] of Object.entries<string>(filePathMap)) {
        mkdirSync(dirname(join(target, file)), { recursive: true });
        cpSync(join(project.path, from), join(target, file), { recursive: true, verbatimSymlinks: true });
      }
      return target;
    },
    remove: project.remove,
  };
}

/** Adds the packages of the peers that the product does not have. */
function addPeers(modules: string): void {
  const peers = join(import.meta.dirname, 'node_modules');
  for (const name of globSync(['*', '@*/*'], { cwd: peers }))
    if (!existsSync(join(modules, name)))
      cpSync(join(peers, name), join(modules, name), { recursive: true, verbatimSymlinks: true });
}
