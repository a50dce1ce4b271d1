import { Check, Copy } from 'lucide-react';
import { CopyAction } from './copy-action.tsx';

/**
 * Puts `text` on the clipboard and says so.
 *
 * @param props.label - what is copied, for the button's name: "Copy server URL"
 */
export function CopyButton({ text, label }: { text: string; label: string }) {
  return (
    <CopyAction
      text={text}
      label={label}
      idle={<Copy size={16} aria-hidden />}
      done={<Check size={16} aria-hidden />}
    />
  );
}
