import type { ReactNode } from 'react';
import type { Config } from '#lib/config/env.ts';
import { discoverySteps } from './discovery-steps.tsx';
import { tokenSteps } from './token-steps.tsx';

export type Step = {
  id: string;
  title: string;
  text: ReactNode;
  /** What goes over the wire, and the part of it that leads on. */
  wire: { title: string; code: string; mark: string };
  /** Files that implement it. */
  files: readonly string[];
  /** Where it is written down. */
  sections: readonly string[];
  /** What would happen if it were wrong. */
  otherwise: readonly string[];
};

/** The seven steps from a URL to a call, on what this deployment answers now. */
export async function howItWorksSteps(config: Config): Promise<readonly Step[]> {
  return [...(await discoverySteps(config)), ...tokenSteps(config)];
}
