import { CopyAction } from './copy-action.tsx';
import { Check, Copy } from './icons.tsx';

/**
 * Copies `text` to the clipboard and confirms it.
 *
 * @param props.label - accessible name: "Copy Server URL"
 * @param props.narrow - shows only the icon below 640 px
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
