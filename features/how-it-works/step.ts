import type { ReactNode } from 'react';
import type { Reference } from '#lib/checks/finding.ts';

/** A message, or a part of one, as it is shown. */
export type Message = {
  kind: 'request' | 'response' | 'document';
  /** Request line or status line, then header fields, one a line; of a document its name. */
  head: string;
  /** Shown as JSON. */
  body?: unknown;
  /** Part of the text to highlight. */
  mark?: string;
};

/** One step of the page. */
export type Step = {
  id: string;
  title: string;
  text: ReactNode;
  messages: readonly Message[];
  /** Files that implement it. */
  files: readonly string[];
  /** Sections of the specifications. */
  spec: readonly Reference[];
  /** Common mistakes, and the effect of each. */
  mistakes: readonly string[];
};
