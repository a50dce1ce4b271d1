/** Where the pictures are, from the root of the repository. */
export const DIRECTORY = 'public/screenshots';

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The part of a page that people see first, in pixels. */
export type Picture = { name: string; width: number; height: number };

export const PICTURES = [
  { name: 'landing', width: 1280, height: 740 },
  { name: 'clients', width: 1280, height: 640 },
  { name: 'client', width: 1280, height: 800 },
  { name: 'inspector', width: 1280, height: 900 },
  { name: 'how-it-works', width: 1280, height: 760 },
] as const satisfies readonly Picture[];

export type PictureName = (typeof PICTURES)[number]['name'];

/** The file of a picture in a theme. */
export function fileOf(name: PictureName, theme: Theme): string {
  return `${DIRECTORY}/${name}-${theme}.webp`;
}
