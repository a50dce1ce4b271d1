'use client';

import { useEffect, useState } from 'react';

/** The table of contents. It marks the step that is at the top of the screen. */
export function StepList({ steps }: { steps: readonly { id: string; title: string; number: string }[] }) {
  const [active, setActive] = useState<string>();

  useEffect(() => {
    const headings = steps.flatMap(({ id }) => document.getElementById(id) ?? []);
    // The last heading above a line near the top of the screen.
    const mark = () => {
      const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 160);
      setActive(passed.at(-1)?.id ?? headings[0]?.id);
    };
    const observer = new IntersectionObserver(mark, { rootMargin: '-150px 0px 0px 0px', threshold: [0, 1] });
    for (const heading of headings) observer.observe(heading);
    mark();
    return () => observer.disconnect();
  }, [steps]);

  return (
    <ol className="space-y-1">
      {steps.map(({ id, title, number }) => (
        <li key={id}>
          <a
            href={`#${id}`}
            aria-current={id === active ? 'step' : undefined}
            className="flex gap-3 border-l-2 border-transparent py-1 pl-3 text-muted-foreground hover:text-foreground aria-[current=step]:border-primary aria-[current=step]:font-medium aria-[current=step]:text-foreground"
          >
            <span className="w-3 shrink-0 text-right tabular-nums">{number}</span>
            {title}
          </a>
        </li>
      ))}
    </ol>
  );
}
