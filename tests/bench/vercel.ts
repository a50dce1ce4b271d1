import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runIn, trackedCopy } from '../support/tracked-copy.ts';
import { writeEmptyApp } from './app.ts';

/** What its extension is for: see the configuration of the empty app in `app.ts`. */
const EMPTY_NEXT_CONFIG = `export default {
  pageExtensions: ['empty.tsx', 'empty.ts'],
  typescript: { ignoreBuildErrors: true },
};
`;

/** The output of `vercel build`, until it is removed. */
export type VercelOutput = {
  /** The directory of the function that serves a path, with every file that would be deployed. */
  functionFor(path: string): string;
  remove(): void;
};

/**
 * Builds the product, or the empty app, for Vercel. The first build of a machine downloads Vercel's command.
 *
 * @throws when the build fails
 */
export function buildForVercel(app: 'product' | 'empty'): VercelOutput {
  const project = trackedCopy({ without: app === 'empty' ? ['*'] : [], modules: 'own' });
  if (app === 'empty') {
    writeEmptyApp(project.path);
    writeFileSync(join(project.path, 'next.config.mjs'), EMPTY_NEXT_CONFIG);
    addPeers(join(project.path, 'node_modules'));
  }
  mkdirSync(join(project.path, '.vercel'));
  const settings = { framework: 'nextjs', installCommand: 'true' };
  const configuration = { projectId: 'prj_local', orgId: 'team_local', settings };
  writeFileSync(join(project.path, '.vercel/project.json'), JSON.stringify(configuration));
  runIn(project.path, 'npx', ['--yes', 'vercel@50', 'build', '--yes'], {
    ...process.env,
    VERCEL_TELEMETRY_DISABLED: '1',
    NEXT_TELEMETRY_DISABLED: '1',
  });
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
