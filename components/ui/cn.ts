/**
 * Joins class names and leaves out falsy ones. It does not merge conflicting Tailwind classes as `tailwind-merge` does: of
 * two classes for one property, the later rule in the style sheet wins.
 */
export function cn(...names: readonly (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}
