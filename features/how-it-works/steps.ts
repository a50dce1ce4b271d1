import type { Config } from '#lib/config/env.ts';
import { discoverySteps } from './discovery-steps.tsx';
import { ownClaims } from './own-claims.ts';
import type { Step } from './step.ts';
import { tokenSteps } from './token-steps.tsx';

/** The seven steps from a URL to an authorized call, with the live responses of this deployment. */
export async function howItWorksSteps(config: Config): Promise<readonly Step[]> {
  const [discovery, claims] = await Promise.all([discoverySteps(config), ownClaims(config)]);
  return [...discovery, ...tokenSteps(config, claims)];
}
