'use client';

import { AlertDialog as Base } from '@base-ui/react/alert-dialog';
import type { ReactElement, ReactNode, RefObject } from 'react';
import { buttonClass } from './button.tsx';
import { BACKDROP, POPUP } from './popup-class.ts';

/**
 * Confirmation of an action that cannot be undone. The focus starts on Cancel; only a button or `Esc` closes it.
 *
 * @param props.action - the button that runs the action
 */
export function AlertDialog({
  trigger,
  open,
  onOpenChange,
  title,
  returnFocus,
  children,
  cancel = 'Cancel',
  action,
}: {
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  title: string;
  returnFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
  cancel?: string;
  action: ReactNode;
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Popup className={POPUP} finalFocus={returnFocus}>
          <Base.Title className="text-base font-medium">{title}</Base.Title>
          <Base.Description render={<div />} className="mt-2 text-sm text-muted-foreground">
            {children}
          </Base.Description>
          <div className="mt-6 flex flex-wrap justify-end gap-2">
            <Base.Close className={buttonClass('secondary')}>{cancel}</Base.Close>
            {action}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
