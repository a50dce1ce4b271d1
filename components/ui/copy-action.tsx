'use client';

import { type ReactNode, useState } from 'react';
import { buttonClass } from './button.tsx';

const LABELS = { idle: 'Copy', copied: 'Copied', failed: 'Copy failed' };
const RESET_MS = 2000;

/** The client part of `CopyButton`. The icons come rendered from the server. */
export function CopyAction({
  text,
  label,
  narrow,
  idle,
  done,
}: {
  text: string;
  label: string;
  narrow: boolean;
  idle: ReactNode;
  done: ReactNode;
}) {
  const [state, setState] = useState<keyof typeof LABELS>('idle');

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('failed');
    }
    setTimeout(() => setState('idle'), RESET_MS);
  }

  return (
    <button
      type="button"
      onClick={copy}
      aria-label={state === 'idle' ? label : undefined}
      className={buttonClass('quiet', 'small')}
    >
      {state === 'copied' ? done : idle}
      <span className={narrow ? 'max-sm:sr-only' : undefined}>{LABELS[state]}</span>
      <span role="status" className="sr-only">
        {state === 'copied' && 'Copied to the clipboard'}
      </span>
    </button>
  );
}
