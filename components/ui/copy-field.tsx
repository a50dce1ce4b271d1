import { CopyButton } from './copy-button.tsx';

/** A URL or an id with a copy button; one click selects all of it. */
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
