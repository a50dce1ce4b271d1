import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compile } from 'tailwindcss';
import { beforeAll, describe, expect, test } from 'vitest';

const STYLES = 'app/globals.css';
const require = createRequire(import.meta.url);

/** A card as the documentation of shadcn/ui and Tailwind writes it. */
const PASTED = `
  <div className="mx-auto max-w-md rounded-lg border bg-white p-6 shadow-sm dark:bg-gray-900">
    <h2 className="text-lg font-semibold tracking-tight text-gray-950 xl:text-xl dark:text-white">Upgrade</h2>
    <p className="mt-2 text-sm text-gray-500">You are on the free plan.</p>
    <button className="rounded-md bg-blue-600 px-4 py-2 text-white hover:bg-blue-700 md:w-auto">Upgrade</button>
  </div>
  <div className="flex flex-col gap-6 rounded-xl border-border bg-card py-6 text-card-foreground ring-ring">
    <p className="text-muted-foreground bg-muted">Enter your email below.</p>
    <input className="border-input bg-background text-foreground focus-visible:ring-[3px]" />
    <button className="bg-primary text-primary-foreground shadow-xs hover:bg-primary/90">Sign in</button>
    <button className="bg-secondary text-secondary-foreground hover:bg-accent hover:text-accent-foreground" />
    <button className="bg-destructive text-destructive-foreground bg-popover text-popover-foreground" />
  </div>`;

/** Class names in the `className` attributes of JSX. */
const classesIn = (jsx: string) =>
  [...jsx.matchAll(/className="([^"]*)"/g)].flatMap(([, names = '']) => names.split(/\s+/));

/** Names in any string of a source file that have the form of a class with a role, a size or a radius. */
const classLikeIn = (source: string) => [
  ...new Set(
    source.match(/(?<=["'`\s:])(?:text|bg|border|fill|stroke|rounded|shadow|font)-[a-z][\w-]*(?=["'`\s])/g),
  ),
];

let build: (candidates: string[]) => string;
beforeAll(async () => {
  const compiler = await compile(readFileSync(STYLES, 'utf8'), {
    base: dirname(STYLES),
    loadStylesheet: async (id, base) => {
      const path = id === 'tailwindcss' ? require.resolve('tailwindcss/index.css') : resolve(base, id);
      return { path, base: dirname(path), content: readFileSync(path, 'utf8') };
    },
  });
  build = (candidates) => compiler.build(candidates);
});

/** Whether the style sheet of the app has a rule for a class. */
function hasRule(name: string): boolean {
  const selector = `.${name.replace(/[^\w-]/g, (character) => `\\${character}`)}`;
  const [, ...after] = build([name]).split(selector);
  return after.some((rest) => !/^[\w-]/.test(rest));
}

describe('the style sheet', () => {
  test('has a rule for every class of a pasted block of shadcn/ui', () => {
    const classes = classesIn(PASTED);
    expect(classes.length).toBeGreaterThan(40);
    expect(classes.filter((name) => !hasRule(name))).toEqual([]);
  });

  test('lets dark: follow the theme switch', () => {
    expect(build(['dark:bg-gray-900'])).toContain('.dark\\:bg-gray-900:where([data-theme="dark"]');
  });

  test('has no rule for a class that does not exist', () => {
    expect(hasRule('text-no-such-role')).toBe(false);
  });

  test.each(globSync('{app,components,features}/**/*.tsx'))('has a rule for every class of %s', (path) => {
    const classes = classLikeIn(readFileSync(path, 'utf8'));
    expect(classes.filter((name) => !hasRule(name))).toEqual([]);
  });

  test('shows text in the muted foreground: the role "muted" is a background', () => {
    const wrong = globSync('{app,components,features}/**/*.{ts,tsx}').filter((path) =>
      /\btext-(muted|accent|border|input)(?![\w-])/.test(readFileSync(path, 'utf8')),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the contrast (WCAG 2.2, 1.4.3 and 1.4.11)', () => {
  const css = readFileSync(STYLES, 'utf8');

  /** The light and the dark value of a role. */
  function values(role: string): string[] {
    const value = new RegExp(`--color-${role}: ([^;]+);`).exec(css)?.[1] ?? '';
    const [, reference] = /^var\(--color-(.+)\)$/.exec(value) ?? [];
    return reference === undefined ? (value.match(/#[0-9a-f]{6}/g) ?? []) : values(reference);
  }

  function luminance(color: string): number {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  const surfaces = ['background', 'card', 'muted'];
  const pairs = [
    ...['foreground', 'muted-foreground', 'primary', 'success', 'warning', 'destructive'].flatMap((text) =>
      surfaces.map((surface) => [text, surface, 4.5] as const),
    ),
    ...['success', 'warning', 'destructive'].map((state) => [state, `${state}-soft`, 4.5] as const),
    ...['card', 'popover', 'primary', 'secondary', 'accent', 'destructive'].map(
      (role) => [`${role}-foreground`, role, 4.5] as const,
    ),
    ...surfaces.flatMap((surface) => [['ring', surface, 3] as const, ['input', surface, 3] as const]),
  ];

  test.each(pairs)('of %s on %s is at least %d in both themes', (text, surface, least) => {
    const [texts, surfaces] = [values(text), values(surface)];
    expect([texts.length, surfaces.length]).toEqual([2, 2]);
    for (const theme of [0, 1]) {
      const light = [luminance(texts[theme] ?? ''), luminance(surfaces[theme] ?? '')].sort((a, b) => b - a);
      expect(((light[0] ?? 0) + 0.05) / ((light[1] ?? 0) + 0.05)).toBeGreaterThanOrEqual(least);
    }
  });
});

describe('components.json', () => {
  const { tailwind, aliases } = JSON.parse(readFileSync('components.json', 'utf8'));
  const { imports } = JSON.parse(readFileSync('package.json', 'utf8'));

  test('names the style sheet', () => expect(tailwind.css).toBe(STYLES));

  test('has aliases that package.json resolves', () => {
    for (const alias of Object.values<string>(aliases))
      expect(imports).toHaveProperty([`${alias.split('/')[0]}/*`]);
    expect(existsSync(aliases.ui.replace('#', ''))).toBe(true);
    expect(readFileSync(aliases.utils.replace('#', ''), 'utf8')).toContain('export function cn(');
  });
});
