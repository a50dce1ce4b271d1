import { TriangleAlert } from '#components/ui/icons.tsx';

/** Why a client could be mistaken for another one. */
export function LookAlikeWarning({ text }: { text: string }) {
  return (
    <p className="flex gap-2 rounded-sm bg-warning-soft px-3 py-2 text-sm text-warning">
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
      <span className="min-w-0 wrap-anywhere">{text}</span>
    </p>
  );
}
