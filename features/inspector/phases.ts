import type { Step } from '#features/discovery/exchange.ts';
import type { Row } from './state.ts';

/** A stretch of exchanges that serve one purpose. */
export type Phase = { id: string; title: string; first: number; rows: readonly Row[] };

const TITLES: Record<Step, string> = {
  challenge: 'Discovery',
  cors: 'Discovery',
  'protected-resource-metadata': 'Discovery',
  'authorization-server-metadata': 'Discovery',
  registration: 'Sign-in',
  authorization: 'Sign-in',
  'client-document': 'Sign-in',
  token: 'Sign-in',
  refresh: 'Use',
  mcp: 'Use',
};

/** Rows in order, gathered into phases; `first` is the number of a phase's first row among all. */
export function phasesOf(rows: readonly Row[]): Phase[] {
  const phases: (Phase & { rows: Row[] })[] = [];
  for (const [index, row] of rows.entries()) {
    const title = TITLES[row.step];
    const last = phases.at(-1);
    if (last?.title === title) last.rows.push(row);
    else phases.push({ id: row.id, title, first: index + 1, rows: [row] });
  }
  return phases;
}
