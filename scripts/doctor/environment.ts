import nextEnv from '@next/env';
import { REFERENCES } from '#features/doctor/references.ts';
import { LOCAL_AUTHKIT } from '#features/doctor/settings.ts';
import type { Finding } from '#lib/checks/finding.ts';
import { type Config, ConfigError, parseConfig } from '#lib/config/env.ts';
import { localEnvironment, replacedVariables } from '#scripts/local-environment.ts';
import { portFrom } from '#scripts/processes.ts';

/** Variables of WorkOS that are set while WORKOS_API_KEY is not. */
function unusedFindings(env: Readonly<Record<string, string | undefined>>): Finding[] {
  const names = replacedVariables(env);
  if (names.length === 0) return [];
  return [
    {
      id: 'variables-not-used',
      severity: 'warning',
      title: 'Variables are set but not used',
      observed: `${names.join(', ')}: local AuthKit uses its own values while WORKOS_API_KEY is not set.`,
      reference: REFERENCES.variables,
      fix: 'Set WORKOS_API_KEY to the secret key of your environment (WorkOS dashboard, API Keys), or remove them.',
    },
  ];
}

/**
 * Loads the configuration as the app does, `.env` files included.
 *
 * @returns `config` undefined when a variable is invalid; `local` when local AuthKit is used in place of WorkOS
 */
export function loadConfiguration(): { config: Config | undefined; findings: Finding[]; local: boolean } {
  const { combinedEnv } = nextEnv.loadEnvConfig(process.cwd(), process.env.NODE_ENV !== 'production', {
    info() {},
    error: console.error,
  });
  const local = !combinedEnv.WORKOS_API_KEY;
  const unused = unusedFindings(combinedEnv);
  const replaced = local
    ? localEnvironment({
        appPort: portFrom(combinedEnv, 'PORT', 3000),
        authkitPort: portFrom(combinedEnv, 'AUTHKIT_PORT', 4100),
      })
    : {};
  // Tools read their permission from the configuration of the process. Next sets there what `.env` files say.
  Object.assign(process.env, replaced);
  const env = { ...combinedEnv, ...replaced };
  try {
    return { config: parseConfig(env), findings: unused, local };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(
      ({ variable, found, fix }): Finding => ({
        id: `variable-${variable.toLowerCase().replaceAll('_', '-')}`,
        severity: 'error',
        title: found === 'is not set' ? `${variable} is missing` : `${variable} is invalid`,
        observed: `${variable} ${found}.`,
        reference: REFERENCES.variables,
        fix: `${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`,
      }),
    );
    return {
      config: undefined,
      findings: [...(local ? [LOCAL_AUTHKIT] : []), ...unused, ...problems],
      local,
    };
  }
}
