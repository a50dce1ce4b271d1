import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runIn } from './tracked-copy.ts';

/**
 * Builds a project as Vercel does, without an account; the output is in `.vercel/output`. The first build of a machine
 * downloads Vercel's command.
 *
 * @throws with everything it printed, when the build fails
 */
export function vercelBuild(project: string): void {
  mkdirSync(join(project, '.vercel'));
  const settings = { framework: 'nextjs', installCommand: 'true' };
  const configuration = { projectId: 'prj_local', orgId: 'team_local', settings };
  writeFileSync(join(project, '.vercel/project.json'), JSON.stringify(configuration));
  runIn(project, 'npx', ['--yes', 'vercel@50', 'build', '--yes'], {
    ...process.env,
    VERCEL_TELEMETRY_DISABLED: '1',
    NEXT_TELEMETRY_DISABLED: '1',
  });
}
