import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trackedCopy } from '#tests/support/tracked-copy.ts';
import { BREAKS, type Break } from './breaks.ts';

const USAGE = `npm run test:mutation [-- <text> ...]

Breaks the code of this repository on purpose, one break at a time in a copy, and runs the tests that cover it.
With texts, only the breaks whose file contains one of them.
Exit code 0: tests failed for every break, apart from those that tests/mutation/breaks.ts explains.`;

const CONFIG = 'tests/mutation/vitest.config.ts';
const WORKERS = 2;
/** Of one run of the tests. A break may make a test wait for ever. */
const TIMEOUT_MS = 240_000;

type Verdict = 'killed' | 'survived' | 'explained';

/** Runs test files in a copy, and returns whether they pass. */
async function passes(copy: string, files: readonly string[]): Promise<boolean> {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', CONFIG, '--bail', '1', ...files];
  const child = spawn(process.execPath, args, { cwd: copy, stdio: 'ignore', timeout: TIMEOUT_MS });
  return (await new Promise((ended) => child.once('close', ended))) === 0;
}

/** `text` with the break. The code before the break must be there exactly once, so that the list cannot rot. */
function broken(text: string, { file, from, to }: Break): string {
  const [before, after, ...more] = text.split(from);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${file} does not have this exactly once: ${from}`);
  return before + to + after;
}

async function judge(copy: string, one: Break): Promise<Verdict> {
  const path = join(copy, one.file);
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, broken(original, one));
  try {
    if (!(await passes(copy, one.tests))) return 'killed';
    return one.explanation === undefined ? 'survived' : 'explained';
  } finally {
    writeFileSync(path, original);
  }
}

async function main(texts: readonly string[]): Promise<number> {
  if (texts.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  const chosen = BREAKS.filter(({ file }) => texts.length === 0 || texts.some((text) => file.includes(text)));
  for (const one of chosen) broken(readFileSync(one.file, 'utf8'), one);
  const copies = Array.from({ length: WORKERS }, () => trackedCopy({ modules: 'link' }));
  const verdicts: [Verdict, Break][] = [];
  try {
    const files = [...new Set(chosen.flatMap(({ tests }) => tests))];
    if (!(await passes(copies[0]?.path ?? '', files))) {
      console.error('The tests fail without a break. Fix them first: npm run test:unit');
      return 1;
    }
    const queue = [...chosen];
    const work = async (copy: string) => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        const verdict = await judge(copy, one);
        verdicts.push([verdict, one]);
        console.log(`${verdict.padEnd(10)}${one.file}: ${one.what}`);
      }
    };
    await Promise.all(copies.map(({ path }) => work(path)));
  } finally {
    for (const copy of copies) copy.remove();
  }
  const count = (which: Verdict) => verdicts.filter(([verdict]) => verdict === which).length;
  for (const [verdict, { file, what, explanation }] of verdicts)
    if (verdict === 'explained') console.log(`Explained: ${file}: ${what}. ${explanation}`);
    else if (verdict === 'survived') console.log(`SURVIVED: ${file}: ${what}`);
  console.log(
    `\n${verdicts.length} breaks: ${count('killed')} killed, ${count('explained')} explained, ${count('survived')} survived`,
  );
  return count('survived') === 0 ? 0 : 1;
}

process.exit(await main(process.argv.slice(2)));
