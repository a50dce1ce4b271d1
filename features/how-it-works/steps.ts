import type { Config } from '#lib/config/env.ts';
import { discoverySteps } from './discovery-steps.tsx';
import type { Step } from './step.ts';
import { tokenSteps } from './token-steps.tsx';

/** The seven steps from a URL to an authorized call, with the live responses of this deployment. */
export async function howItWorksSteps(config: Config): Promise<readonly Step[]> {
  return [...(await discoverySteps(config)), ...tokenSteps(config)];
}
