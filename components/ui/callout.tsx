import type { ReactNode } from 'react';
import type { Tone } from './badge.tsx';
import { cn } from './cn.ts';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from './icons.tsx';

const TONES: Record<Exclude<Tone, 'accent'>, { look: string; icon: typeof Info }> = {
  neutral: { look: 'border-border bg-muted text-foreground', icon: Info },
  ok: { look: 'border-transparent bg-success-soft text-success', icon: CircleCheck },
  warn: { look: 'border-transparent bg-warning-soft text-warning', icon: TriangleAlert },
  bad: { look: 'border-transparent bg-destructive-soft text-destructive', icon: CircleAlert },
};

/**
 * A message in the page: what happened, and what to do.
 *
 * @param props.live - screen readers announce it when it appears: `bad` as an alert, the others as a status
 */
export function Callout({
  tone = 'neutral',
  title,
  live = false,
  children,
}: {
  tone?: keyof typeof TONES;
  title?: string;
  live?: boolean;
  children?: ReactNode;
}) {
  const { look, icon: Icon } = TONES[tone];
  return (
    <div
      role={live ? (tone === 'bad' ? 'alert' : 'status') : undefined}
      className={cn('flex gap-3 rounded-lg border px-4 py-3 text-sm', look)}
    >
      <Icon size={16} aria-hidden className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1">
        {title && <p className="font-medium">{title}</p>}
        {children}
      </div>
    </div>
  );
}
