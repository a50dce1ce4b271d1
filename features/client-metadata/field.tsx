import type { ComponentProps } from 'react';

const LOOK = 'mt-1 w-full min-w-0 rounded-lg border border-input bg-card px-4 py-2 font-mono text-base';

type Common = { name: string; label: string; hint?: string };

/** A line of text with its label, and a hint that is read with it. */
export function Field({ name, label, hint, ...props }: Common & ComponentProps<'input'>) {
  return (
    <div>
      <Label name={name} label={label} hint={hint} />
      <input
        id={name}
        name={name}
        aria-describedby={hint && `${name}-hint`}
        spellCheck={false}
        autoComplete="off"
        {...props}
        className={`${LOOK} min-h-10`}
      />
    </div>
  );
}

/** Some lines of text, otherwise a {@link Field}. */
export function LinesField({ name, label, hint, ...props }: Common & ComponentProps<'textarea'>) {
  return (
    <div>
      <Label name={name} label={label} hint={hint} />
      <textarea
        id={name}
        name={name}
        aria-describedby={hint && `${name}-hint`}
        spellCheck={false}
        rows={3}
        {...props}
        className={LOOK}
      />
    </div>
  );
}

function Label({ name, label, hint }: Common) {
  return (
    <>
      <label htmlFor={name} className="text-sm font-medium">
        {label}
      </label>
      {hint && (
        <p id={`${name}-hint`} className="text-sm text-muted-foreground">
          {hint}
        </p>
      )}
    </>
  );
}
