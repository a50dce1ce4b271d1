'use client';

import { type ReactNode, useState } from 'react';
import { buttonClass } from './button.tsx';

const SAID = { idle: 'Copy', copied: 'Copied', failed: 'Select and copy it' };

/** The button of {@link CopyButton}; its icons come rendered, so that the browser loads none. */
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
  const [state, setState] = useState<keyof typeof SAID>('idle');

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('failed');
    }
    setTimeout(() => setState('idle'), 2000);
  }

  return (
    <button
      type="button"
      onClick={copy}
      aria-label={state === 'idle' ? label : undefined}
      className={buttonClass('quiet', 'small')}
    >
      {state === 'copied' ? done : idle}
      <span className={narrow ? 'max-sm:sr-only' : undefined}>{SAID[state]}</span>
      <span role="status" className="sr-only">
        {state === 'copied' && 'Copied to the clipboard'}
      </span>
    </button>
  );
}
