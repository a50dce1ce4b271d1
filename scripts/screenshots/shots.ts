/** Folder of the screenshots, relative to the root of the repository. */
export const DIRECTORY = 'public/screenshots';

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** One screenshot; width and height are those of the viewport in CSS pixels. */
export type Shot = { name: string; width: number; height: number };

export const SHOTS = [
  { name: 'landing', width: 1280, height: 860 },
  { name: 'clients', width: 1280, height: 640 },
  { name: 'client', width: 1280, height: 980 },
  { name: 'inspector', width: 1280, height: 1260 },
  { name: 'how-it-works', width: 1280, height: 960 },
] as const satisfies readonly Shot[];

export type ShotName = (typeof SHOTS)[number]['name'];

/** The file of a screenshot in one theme. */
export function fileOf(name: ShotName, theme: Theme): string {
  return `${DIRECTORY}/${name}-${theme}.webp`;
}
