'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';

/**
 * Puts `text` on the clipboard and says so, also to a screen reader.
 *
 * @param props.label - what is copied, for the button's name: "Copy server URL"
 */
export function CopyButton({
  text,
  label,
  iconOnly = false,
}: {
  text: string;
  label: string;
  iconOnly?: boolean;
}) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const said = { idle: 'Copy', copied: 'Copied', failed: 'Press Ctrl+C' }[state];
  const Icon = state === 'copied' ? Check : Copy;

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
    <Button size="small" variant="quiet" onClick={copy} aria-label={state === 'idle' ? label : said}>
      <Icon size={16} aria-hidden />
      {iconOnly && state !== 'failed' ? null : <span>{said}</span>}
      <span role="status" className="sr-only">
        {state === 'copied' ? 'Copied to the clipboard' : ''}
      </span>
    </Button>
  );
}
