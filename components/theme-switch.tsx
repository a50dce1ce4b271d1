import { Monitor, Moon, Sun } from 'lucide-react';
import type { ReactNode } from 'react';
import { ThemeButtons } from './theme-buttons.tsx';

/** Light, dark or as the system has it. A form, so that it works before or without JavaScript. */
export function ThemeSwitch({ initial }: { initial: 'system' | 'light' | 'dark' }) {
  return (
    <form method="post" action="/theme" aria-label="Theme" className="flex items-center gap-1">
      <ThemeButtons
        initial={initial}
        labels={{
          system: <ThemeLabel icon={<Monitor size={16} aria-hidden />} text="System" />,
          light: <ThemeLabel icon={<Sun size={16} aria-hidden />} text="Light" />,
          dark: <ThemeLabel icon={<Moon size={16} aria-hidden />} text="Dark" />,
        }}
      />
    </form>
  );
}

function ThemeLabel({ icon, text }: { icon: ReactNode; text: string }) {
  return (
    <>
      {icon}
      {text}
    </>
  );
}
