/** `right`: the product was seen to do the right thing with it. `unjudged`: a fact about WorkOS alone. */
export type Verdict = 'right' | 'wrong' | 'unjudged' | 'not asked';

/** One question that no document answers, what this WorkOS does, and whether this deployment is right with it. */
export type ProbeRow = {
  /** Stable name, kebab-case. */
  id: string;
  client?: 'cimd' | 'dcr';
  question: string;
  /** Short, for comparisons: `yes`, `no`, `url`, … */
  answer: string;
  /** What was seen, and what it means for this deployment. */
  detail: string;
  verdict: Verdict;
};

/** The rows as a table for a terminal. */
export function probeTable(rows: readonly ProbeRow[]): string {
  const cells = rows.map(({ client, question, answer, verdict }) => [
    question,
    client ?? '',
    answer,
    verdict === 'unjudged' ? '' : verdict,
  ]);
  const table = [['question', 'client', 'this WorkOS', 'the product'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
