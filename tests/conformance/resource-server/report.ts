import { REVISIONS, type Revision } from './requirement.ts';
import { type Result, requirements, statusOf, type TrustLevel, tests } from './suite.ts';

const MARKS: Record<TrustLevel, string> = {
  met: 'met',
  'not met': 'NOT MET',
  'not run': 'not run',
  'no test': 'no test',
};

const column = (text: string) => text.padStart(12);

/** Requirements of a revision that are met, of all that it has. */
function metAt(results: readonly Result[], revision: Revision): string {
  const all = requirements.flatMap((requirement) => statusOf(requirement, revision, results) ?? []);
  return `${all.filter((one) => one === 'met').length}/${all.length}`;
}

/** Each requirement at each revision, with how binding it is, and how many are met. */
function statusTable(results: readonly Result[], revisions: readonly Revision[]): string[] {
  const width = Math.max(...requirements.map(({ id }) => id.length)) + 2;
  const rows = requirements
    .filter(({ levels }) => revisions.some((revision) => levels[revision] !== undefined))
    .map((requirement) => {
      const cells = revisions.map((revision) => statusOf(requirement, revision, results));
      const level = revisions.map((revision) => requirement.levels[revision]).findLast(Boolean) ?? '';
      return `${requirement.id.padEnd(width)}${level.padEnd(8)}${cells
        .map((cell) => column(cell === undefined ? '' : MARKS[cell]))
        .join('')}`;
    });
  const totals = revisions.map((revision) => column(metAt(results, revision)));
  return [
    `${''.padEnd(width + 8)}${revisions.map(column).join('')}`,
    ...rows,
    `${'met'.padEnd(width + 8)}${totals.join('')}`,
  ];
}

/** Every requirement that is not met, with the tests that say so. */
function failures(results: readonly Result[]): string[] {
  return requirements.flatMap(({ id, section, text }) => {
    const failed = results.filter(({ test, outcome }) => test.covers.includes(id) && outcome === 'not met');
    if (failed.length === 0) return [];
    const lines = failed.map(({ test, revision, detail }) => `    ${revision}  ${test.name}: ${detail}`);
    return [`${id}: ${text}`, `    ${section}`, ...new Set(lines), ''];
  });
}

/** The tests that were not run, each with the reason. */
function omissions(results: readonly Result[]): string[] {
  const reasons = results
    .filter(({ outcome }) => outcome === 'not run')
    .map(({ test, detail }) => `    ${test.covers.join(', ')}: ${detail}`);
  return reasons.length === 0 ? [] : ['Not run', ...new Set(reasons), ''];
}

/** What the run found, for a terminal. */
export function report(
  url: string,
  results: readonly Result[],
  revisions: readonly Revision[] = REVISIONS,
): string {
  const failed = failures(results);
  return [
    `MCP authorization, the resource server's side: ${url}`,
    '',
    ...statusTable(results, revisions),
    '',
    ...(failed.length > 0 ? ['Not met', '', ...failed] : []),
    ...omissions(results),
  ].join('\n');
}

/** Which tests cover which requirement, and which requirement has none; as Markdown. */
export function coverage(): string {
  const rows = requirements.map(({ id, section, text, levels, untested }) => {
    const cells = REVISIONS.map((revision) => levels[revision] ?? '');
    const covering = tests.filter(({ covers }) => covers.includes(id)).map(({ name }) => name);
    const by = untested === undefined ? covering.join('<br>') : `none: ${untested}`;
    return `| \`${id}\` | ${text} | ${section} | ${cells.join(' | ')} | ${by} |`;
  });
  const head = ['requirement', 'text', 'where', ...REVISIONS, 'tests'];
  return [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- |').join('')}`, ...rows, ''].join('\n');
}
