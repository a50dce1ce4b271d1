import logos from './logos.json' with { type: 'json' };

const PATHS: Readonly<Record<string, string>> = logos.paths;

/** The mark of a client in the color of the text, or its initials. Decorative: its name is beside it. */
export function ClientLogo({ id, name }: { id: string; name: string }) {
  const path = PATHS[id];
  if (path !== undefined)
    return (
      <svg aria-hidden viewBox="0 0 24 24" width={18} height={18} className="shrink-0 fill-current">
        <path d={path} />
      </svg>
    );
  return (
    <span
      aria-hidden
      className="inline-flex size-4.5 shrink-0 items-center justify-center rounded-sm border border-current text-[0.625rem]/none font-medium"
    >
      {initials(name)}
    </span>
  );
}

/** `VS` for VS Code, `Co` for Codex. */
function initials(name: string): string {
  const [first = '', second = ''] = name.split(' ');
  if (/^[A-Z]{2}/.test(first)) return first.slice(0, 2);
  return second === '' ? first.slice(0, 2) : `${first.charAt(0)}${second.charAt(0)}`.toUpperCase();
}
