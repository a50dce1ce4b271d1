import { vi } from 'vitest';
import { type Config, config } from '#lib/config/env.ts';
import { TEST_VARIABLES } from './tokens.ts';

/**
 * Sets the variables of the app in this process and reads its configuration, which it keeps from then on; vitest restores
 * the variables after the test.
 *
 * @param changes - variables besides or instead of {@link TEST_VARIABLES}
 */
export function stubConfiguration(changes: Record<string, string> = {}): Config {
  for (const [name, value] of Object.entries({ ...TEST_VARIABLES, ...changes })) vi.stubEnv(name, value);
  return config();
}
