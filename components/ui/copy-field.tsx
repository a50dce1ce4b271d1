import { CopyButton } from './copy-button.tsx';

/** One line that a machine reads (a URL, an id), selectable as a whole, with a copy button. */
export function CopyField({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <p className="text-sm text-muted-foreground">{label}</p>
      <div className="mt-1 flex items-center gap-2 rounded-lg border border-border bg-card py-3 pr-2 pl-4">
        <code className="min-w-0 flex-1 text-base wrap-anywhere select-all">{value}</code>
        <CopyButton text={value} label={`Copy ${label}`} narrow />
      </div>
    </div>
  );
}
