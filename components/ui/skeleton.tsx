import { cn } from './cn.ts';

/** Placeholder for loading content; `className` gives it the size of the content. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn('breathe block rounded-sm bg-border', className ?? 'h-4 w-full')} />;
}
