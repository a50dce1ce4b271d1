import { type ReactNode, useState } from 'react';

/** A `details` whose content is made when it is first opened, and stays from then on. */
export function Fold({
  summary,
  summaryClass,
  className,
  open = false,
  children,
}: {
  summary: ReactNode;
  summaryClass?: string;
  className?: string;
  /** Whether it starts open. */
  open?: boolean;
  children: ReactNode;
}) {
  const [opened, setOpened] = useState(open);
  return (
    <details
      className={className}
      open={open}
      onToggle={(event) => event.currentTarget.open && setOpened(true)}
    >
      <summary className={summaryClass}>{summary}</summary>
      {opened && children}
    </details>
  );
}
