import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from './interleaved.ts';
import type { Options } from './options.ts';
import type { Figure } from './workloads/workload.ts';

const ROOT = join(import.meta.dirname, '../..');
const RESULTS = join(import.meta.dirname, 'results');
const COMPARED = ['next', '@modelcontextprotocol/server', 'jose'];

export type Compared = { workload: string; measurements: Measurement[] };

export type Figures = { workload: string; figures: Figure[] };

function version(folder: string, name: string): string {
  const text = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
  return `${name} ${(JSON.parse(text) as { version: string }).version}`;
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}

/** What this ran on, and with. */
function conditions({ rounds, seconds, scale }: Options) {
  const [processor] = cpus();
  return {
    at: new Date().toISOString(),
    commit: git('rev-parse', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes'),
    node: process.version,
    machine: `${cpus().length} × ${processor?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, load generator included`,
    versions: [
      ...COMPARED.map((name) => version(ROOT, name)),
      ...['mcp-handler', '@better-auth/mcp'].map((name) => version(import.meta.dirname, name)),
      ...['mcp-use', 'lighthouse'].map((name) => version(join(import.meta.dirname, name), name)),
    ],
    rounds,
    seconds,
    scale,
  };
}

const HEAD = [
  '| workload | variant | first is … as fast | middle half | takes … the processor time | requests/s | spread | processor ms | p99 ms | loop delay p99 ms | statements |',
  '|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
];

function comparison({ workload, measurements }: Compared): string[] {
  return measurements.map(({ variant, firstIsFaster, firstIsFasterBetween, takesMore, median, spread }) =>
    [
      '',
      workload,
      variant,
      `${firstIsFaster.toFixed(2)} ×`,
      firstIsFasterBetween.map((ratio) => ratio.toFixed(2)).join(' to '),
      `${takesMore.toFixed(2)} ×`,
      median.perSecond.toFixed(0),
      `${(spread * 100).toFixed(0)}%`,
      median.cpuMs.toFixed(3),
      median.latencyP99Ms.toFixed(0),
      median.loopDelayP99Ms.toFixed(1),
      Number.isNaN(median.statements) ? '–' : median.statements.toFixed(3),
      '',
    ]
      .join(' | ')
      .trim(),
  );
}

/** The tables, as Markdown. Both ratios are above 1 where the first variant of a workload is better than this one. */
function markdown(ran: ReturnType<typeof conditions>, compared: Compared[], figures: Figures[]): string {
  const lines = [
    `Node ${ran.node}, ${ran.machine}, commit ${ran.commit}, ${ran.at}.`,
    `${ran.versions.join(', ')}. Medians of ${ran.rounds} rounds of ${ran.seconds} s.`,
    '',
  ];
  if (compared.length > 0) lines.push(...HEAD, ...compared.flatMap(comparison), '');
  if (figures.length > 0) lines.push('| what | figure |', '|---|---:|');
  for (const { workload, figures: all } of figures)
    for (const { name, value, unit, between } of all) {
      const digits = value < 100 && unit !== 'rows' ? 2 : 0;
      const half = between === undefined ? '' : ` (${between.map((at) => at.toFixed(digits)).join(' to ')})`;
      lines.push(`| ${workload}: ${name} | ${value.toFixed(digits)} ${unit}${half} |`);
    }
  return `${lines.join('\n')}\n`;
}

/** Writes `results/latest.json` and `results/latest.md`, and returns the latter. */
export function writeReport(options: Options, compared: Compared[], figures: Figures[]): string {
  const ran = conditions(options);
  const text = markdown(ran, compared, figures);
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, 'latest.json'), JSON.stringify({ ...ran, compared, figures }, null, 2));
  writeFileSync(join(RESULTS, 'latest.md'), text);
  return text;
}
