import { cn } from './cn.ts';

/** The place of something that is still on its way; give it the size of what will stand there. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn('breathe block rounded-sm bg-border', className ?? 'h-4 w-full')} />;
}
