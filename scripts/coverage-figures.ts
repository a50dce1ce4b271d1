import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { z } from 'zod';

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({ status: z.string(), meta: z.object({ generated: z.number().optional() }).optional() }),
      ),
    }),
  ),
});

/** A folder whose tests are counted as one kind of thing. */
const KINDS = [
  { folder: 'tests/security/', what: 'attacks' },
  { folder: 'tests/integration/faults/', what: 'faults' },
] as const;

type Section = { name: string; tests: number; generated: number };

/**
 * Says how many attacks and faults were tried and did no harm: the tests that passed in the folders of each, by file,
 * as the runner reported them. A folder none of whose tests ran is not mentioned.
 *
 * @param reports - JSON reports of vitest
 * @param root - directory that the tests are in
 * @returns lines to print
 */
export function coverageFigures(reports: readonly string[], root: string): string[] {
  const files = reports.flatMap((file) => report.parse(JSON.parse(readFileSync(file, 'utf8'))).testResults);
  return KINDS.flatMap(({ folder, what }) => {
    const sections = files.flatMap(({ name, assertionResults }): Section[] => {
      const path = relative(root, name).split(sep).join('/');
      const passed = assertionResults.filter(({ status }) => status === 'passed');
      if (!path.startsWith(folder) || passed.length === 0) return [];
      return [
        {
          name: path.slice(folder.length).replace(/\.test\.ts$/, ''),
          tests: passed.length,
          generated: passed.reduce((sum, { meta }) => sum + (meta?.generated ?? 0), 0),
        },
      ];
    });
    return sections.length === 0 ? [] : [`${what}: ${total(sections)}`, ...sections.sort(byName).map(line)];
  });
}

const byName = (a: Section, b: Section) => (a.name < b.name ? -1 : 1);
const counted = ({ tests, generated }: Omit<Section, 'name'>) =>
  `${tests}${generated > 0 ? `, and ${generated} generated inputs` : ''}`;
const line = (section: Section) => `  ${section.name} ${counted(section)}`;
const total = (sections: readonly Section[]) =>
  counted({
    tests: sections.reduce((sum, { tests }) => sum + tests, 0),
    generated: sections.reduce((sum, { generated }) => sum + generated, 0),
  });
