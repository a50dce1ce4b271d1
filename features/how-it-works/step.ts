import type { ReactNode } from 'react';

/** One step of the page: what happens, what is on the wire, which files and standards. */
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
