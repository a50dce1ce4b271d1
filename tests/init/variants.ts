import { type PartName, parts, removable } from '#scripts/init/parts.ts';

/** A way to run `npm run init`: its name, and its options besides `--name`. */
export type Variant = { name: string; options: readonly string[] };

/** The parts that go when `name` goes: itself, and those that cannot work without it. */
export function withDependents(name: PartName): PartName[] {
  return [name, ...removable.filter((other) => parts[other].needs?.includes(name))];
}

/** `--lean`, the starter with all its features, and each feature removed alone. */
export const VARIANTS: readonly Variant[] = [
  { name: 'lean', options: ['--lean'] },
  { name: 'everything', options: [] },
  ...removable.map((name) => ({ name, options: ['--without', withDependents(name).join(',')] })),
];
