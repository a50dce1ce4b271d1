import type { ReactNode } from 'react';
import { cn } from './cn.ts';
import type { Icon } from './icons.tsx';

export type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'bad';

const TONES: Record<Tone, string> = {
  neutral: 'bg-muted text-muted-foreground',
  accent: 'bg-accent text-primary',
  ok: 'bg-success-soft text-success',
  warn: 'bg-warning-soft text-warning',
  bad: 'bg-destructive-soft text-destructive',
};

/** A state as a word, with an icon. The color repeats the meaning of the word. */
export function Badge({
  tone = 'neutral',
  icon: Icon,
  title,
  children,
}: {
  tone?: Tone;
  icon?: Icon;
  title?: string;
  children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={cn(
        'inline-flex items-center gap-1.5 rounded-sm px-2 py-0.5 text-sm whitespace-nowrap',
        TONES[tone],
      )}
    >
      {Icon && <Icon size={14} aria-hidden className="shrink-0" />}
      {/* Aligns text beside the badge with the word, not with the icon. */}
      <span className="self-baseline">{children}</span>
    </span>
  );
}
