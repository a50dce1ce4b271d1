import { CopyAction } from './copy-action.tsx';
import { Check, Copy } from './icons.tsx';

/**
 * Puts `text` on the clipboard and says so.
 *
 * @param props.label - what is copied, for the button's name: "Copy server URL"
 * @param props.narrow - only the icon where there is little room
 */
export function CopyButton({
  text,
  label,
  narrow = false,
}: {
  text: string;
  label: string;
  narrow?: boolean;
}) {
  return (
    <CopyAction
      text={text}
      label={label}
      narrow={narrow}
      idle={<Copy size={16} aria-hidden />}
      done={<Check size={16} aria-hidden />}
    />
  );
}
