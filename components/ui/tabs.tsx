'use client';

import type { Route } from 'next';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useId, useRef, useState } from 'react';
import { Link } from './link.tsx';

/** With `href`, selecting the tab sets the URL, and without JavaScript the link opens the page with this tab selected. */
type Tab = { id: string; label: ReactNode; panel: ReactNode; href?: Route };

/**
 * Tabs as in the ARIA Authoring Practices Guide: arrow keys, Home and End select a tab. Panels come rendered from the
 * server and add no JavaScript. The tabs of Base UI would add 12 KB (Brotli) to the landing page.
 *
 * @param props.label - accessible name of the tab list
 * @param props.first - id of the tab that is selected at first; defaults to the first tab
 */
export function Tabs({ label, tabs, first }: { label: string; tabs: readonly Tab[]; first?: string }) {
  const [selected, setSelected] = useState(() =>
    Math.max(
      0,
      tabs.findIndex(({ id }) => id === first),
    ),
  );
  const list = useRef<HTMLDivElement>(null);
  const prefix = useId();

  function onKeyDown(event: KeyboardEvent) {
    const last = tabs.length - 1;
    const next = {
      ArrowRight: selected === last ? 0 : selected + 1,
      ArrowLeft: selected === 0 ? last : selected - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(next);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  }

  function select(index: number) {
    setSelected(index);
    const href = tabs[index]?.href;
    if (href !== undefined) window.history.replaceState(null, '', href);
  }

  function onClick(event: MouseEvent, index: number) {
    // A new tab or window of the browser opens the link.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    select(index);
  }

  return (
    <div>
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        onKeyDown={onKeyDown}
        className="flex flex-wrap gap-1 border-b border-border"
      >
        {tabs.map(({ id, label, href }, index) => {
          const props = {
            role: 'tab',
            id: `${prefix}-tab-${id}`,
            'aria-controls': `${prefix}-panel-${id}`,
            'aria-selected': index === selected,
            tabIndex: index === selected ? 0 : -1,
            onClick: (event: MouseEvent) => onClick(event, index),
            className:
              '-mb-px flex min-h-10 items-center gap-2 border-b-2 border-transparent px-3 text-sm whitespace-nowrap text-muted-foreground hover:text-foreground aria-selected:border-primary aria-selected:text-foreground',
            children: label,
          };
          return href === undefined ? (
            <button key={id} type="button" {...props} />
          ) : (
            <Link key={id} href={href} {...props} />
          );
        })}
      </div>
      {tabs.map((tab, index) => (
        <div
          key={tab.id}
          role="tabpanel"
          id={`${prefix}-panel-${tab.id}`}
          aria-labelledby={`${prefix}-tab-${tab.id}`}
          hidden={index !== selected}
          className="pt-4"
        >
          {tab.panel}
        </div>
      ))}
    </div>
  );
}
