import { type ReactNode, useState } from 'react';

/** A `details` element that renders its content when it is first opened. */
export function LazyDetails({
  summary,
  summaryClass,
  className,
  open = false,
  children,
}: {
  summary: ReactNode;
  summaryClass?: string;
  className?: string;
  /** Whether it is open at first. */
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
