import { type Icon, Monitor, Moon, Sun } from '#components/ui/icons.tsx';
import { chooseTheme } from '#lib/session/choose-theme.ts';
import type { Theme } from '#lib/session/theme.ts';

const THEMES: readonly { value: Theme; label: string; icon: Icon }[] = [
  { value: 'system', label: 'System', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
];

/** Chooses the light, dark or system theme. Works without JavaScript. */
export function ThemeSwitch({ chosen }: { chosen: Theme }) {
  return (
    <form id="theme" action={chooseTheme} aria-label="Theme" className="flex items-center gap-1">
      {THEMES.map(({ value, label, icon: Icon }) => (
        <button
          key={value}
          type="submit"
          name="theme"
          value={value}
          aria-pressed={chosen === value}
          className="inline-flex min-h-8 items-center gap-1.5 rounded-sm px-2 text-sm text-muted-foreground hover:text-foreground aria-pressed:bg-muted aria-pressed:text-foreground"
        >
          <Icon size={16} aria-hidden />
          {label}
        </button>
      ))}
    </form>
  );
}
