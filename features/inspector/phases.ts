import type { Step } from '#features/discovery/exchange.ts';
import type { Row } from './state.ts';

/** Consecutive exchanges of the same purpose. `first` is the number of the first among all exchanges. */
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
  refresh: 'Calls',
  mcp: 'Calls',
};

/** Groups rows into phases, in order. */
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
