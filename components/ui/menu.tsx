'use client';

import { Menu as Base } from '@base-ui/react/menu';
import type { Route } from 'next';
import { type ComponentProps, type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { cn } from './cn.ts';
import { MENU, MENU_ITEM } from './popup-class.ts';

/** A menu that `trigger` opens, with arrow keys, type-ahead and `Esc`. */
export function Menu({ trigger, children }: { trigger: ReactElement; children: ReactNode }) {
  // axe requires that all content of a page is inside a landmark.
  const main = useRef<HTMLElement | null>(null);
  useEffect(() => {
    main.current = document.getElementById('content');
  }, []);
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal container={main}>
        <Base.Positioner align="end" sideOffset={4} className="z-10 outline-none">
          <Base.Popup className={MENU}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({
  danger = false,
  ...props
}: ComponentProps<typeof Base.Item> & { danger?: boolean }) {
  return <Base.Item {...props} className={cn(MENU_ITEM, danger && 'text-destructive')} />;
}

/** An item that is a link to a page of this site. */
export function MenuLink<Path extends string>({
  href,
  children,
}: {
  href: Route<Path>;
  children: ReactNode;
}) {
  return (
    <Base.LinkItem href={href} className={MENU_ITEM}>
      {children}
    </Base.LinkItem>
  );
}
