import { cn } from './cn.ts';

/** Placeholder for loading content; `className` gives it the size of the content. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <>
      <span
        aria-hidden
        className={cn(
          'block animate-pulse rounded-sm bg-border motion-reduce:animate-none noscript:hidden',
          className ?? 'h-4 w-full',
        )}
      />
      <noscript>
        <span className="text-sm text-muted-foreground">Shown with JavaScript only.</span>
      </noscript>
    </>
  );
}
