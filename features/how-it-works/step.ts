import type { ReactNode } from 'react';

/** One step of the page. */
export type Step = {
  id: string;
  title: string;
  text: ReactNode;
  /** The messages of the step. `mark` is the part to highlight. */
  messages: { title: string; code: string; mark: string };
  /** Files that implement it. */
  files: readonly string[];
  /** Sections of the specifications. */
  spec: readonly string[];
  /** Common mistakes, and the effect of each. */
  mistakes: readonly string[];
};
