/** The initials of a person in a circle, as decoration beside their name. */
export function Avatar({ name }: { name: string }) {
  const words = name.split(/[\s@.]+/).filter(Boolean);
  const initials = [words[0], name.includes('@') ? undefined : words.slice(1).at(-1)].map(
    (word) => [...(word ?? '')][0],
  );
  return (
    <span
      aria-hidden
      className="inline-flex size-8 shrink-0 items-center justify-center rounded-full bg-accent text-sm font-medium text-accent-foreground uppercase select-none"
    >
      {initials.join('')}
    </span>
  );
}
