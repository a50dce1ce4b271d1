import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { browserLaunchOptions } from '../support/browser.ts';

export const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;
type Category = (typeof CATEGORIES)[number];

/** How a page is looked at: as Lighthouse does by default, on a slow phone, or by its settings for a desktop. */
export const DEVICES = ['mobile', 'desktop'] as const;
export type Device = (typeof DEVICES)[number];

/** What Lighthouse says of one visit. */
export type Audited = {
  /** Of each category, 0 to 100. */
  scores: Record<Category, number>;
  /** What is not full marks: points of the category that it costs, and what was found. */
  lost: { category: Category; points: number; audit: string; found: string }[];
  /** The whole report, as HTML. */
  report: string;
};

/** What is used here of the packages in `lighthouse/`, whose own types a clean clone does not have. */
type Result = {
  runtimeError?: { message: string };
  categories: Record<string, { auditRefs: { id: string; weight: number }[]; score: number | null }>;
  audits: Record<string, { score: number | null; title: string; displayValue?: string }>;
};
type Lighthouse = {
  default(
    url: string,
    flags: { port: number; output: 'html'; logLevel: 'error'; onlyCategories: readonly Category[] },
    config: object | undefined,
  ): Promise<{ lhr: Result; report: string } | undefined>;
  desktopConfig: object;
};
type ChromeLauncher = {
  launch(options: {
    chromePath: string;
    chromeFlags: readonly string[];
    logLevel: 'error';
  }): Promise<{ port: number; kill(): void }>;
};

/** Imports a package that `installPeers` put there: this file can be read before it ran. */
async function installed<T>(name: string): Promise<T> {
  const { resolve } = createRequire(join(import.meta.dirname, 'lighthouse/package.json'));
  return import(pathToFileURL(resolve(name)).href);
}

/**
 * Has Lighthouse visit a page in a browser started for this visit, whose debugging port is on loopback.
 *
 * @throws when there is no browser, or Lighthouse could not judge the page
 */
export async function audit(url: URL, device: Device): Promise<Audited> {
  const { default: lighthouse, desktopConfig } = await installed<Lighthouse>('lighthouse');
  const { launch } = await installed<ChromeLauncher>('chrome-launcher');
  const { executablePath, args } = await browserLaunchOptions();
  const browser = await launch({
    chromePath: executablePath,
    chromeFlags: ['--headless', ...args],
    logLevel: 'error',
  });
  try {
    const { port } = browser;
    const ran = await lighthouse(
      url.href,
      { port, output: 'html', logLevel: 'error', onlyCategories: CATEGORIES },
      device === 'desktop' ? desktopConfig : undefined,
    );
    const problem = ran === undefined ? 'no result' : ran.lhr.runtimeError?.message;
    if (ran === undefined || problem !== undefined) throw new Error(`Lighthouse on ${url}: ${problem}`);
    return { ...judged(ran.lhr), report: ran.report };
  } finally {
    browser.kill();
  }
}

/** @throws {Error} when a category has no score: one of its audits failed */
function judged({ categories, audits }: Result): Pick<Audited, 'scores' | 'lost'> {
  const scores = { performance: 0, accessibility: 0, 'best-practices': 0, seo: 0 };
  const lost: Audited['lost'] = [];
  for (const category of CATEGORIES) {
    const { score = null, auditRefs = [] } = categories[category] ?? {};
    if (score === null) throw new Error(`Lighthouse could not score ${category}`);
    scores[category] = Math.round(score * 100);
    const counted = auditRefs.flatMap(({ id, weight }) => {
      const judgement = audits[id];
      // No score: not applicable to this page, or for information.
      return judgement === undefined || judgement.score === null || weight === 0
        ? []
        : [{ audit: id, found: judgement.displayValue ?? judgement.title, score: judgement.score, weight }];
    });
    const weights = counted.reduce((total, { weight }) => total + weight, 0);
    for (const { audit, found, score, weight } of counted)
      if (score < 1) lost.push({ category, points: (100 * weight * (1 - score)) / weights, audit, found });
  }
  return { scores, lost };
}
