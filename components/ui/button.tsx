import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

type ButtonVariant = 'primary' | 'secondary' | 'danger' | 'quiet';
type ButtonSize = 'normal' | 'small';

const VARIANTS: Record<ButtonVariant, string> = {
  primary: 'border-transparent bg-primary text-primary-foreground hover:opacity-90',
  secondary: 'border-border bg-card text-foreground hover:bg-muted',
  danger: 'border-transparent bg-destructive text-destructive-foreground hover:opacity-90',
  quiet: 'border-transparent text-muted-foreground hover:bg-muted hover:text-foreground',
};

const SIZES: Record<ButtonSize, string> = {
  normal: 'min-h-10 px-4 text-base',
  small: 'min-h-8 px-3 text-sm',
};

/** The classes of a button, for links that look like one. */
export function buttonClass(variant: ButtonVariant = 'secondary', size: ButtonSize = 'normal'): string {
  return cn(
    'inline-flex items-center justify-center gap-2 rounded-lg border font-medium whitespace-nowrap',
    'transition-[opacity,background-color] disabled:cursor-not-allowed disabled:opacity-50',
    VARIANTS[variant],
    SIZES[size],
  );
}

/** A button. `type` defaults to `button`. */
export function Button({
  variant = 'secondary',
  size = 'normal',
  className,
  ...props
}: ComponentProps<'button'> & { variant?: ButtonVariant; size?: ButtonSize }) {
  return <button type="button" {...props} className={cn(buttonClass(variant, size), className)} />;
}
