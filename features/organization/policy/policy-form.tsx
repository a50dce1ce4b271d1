'use client';

import { type ReactNode, useActionState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { submitPolicy } from './actions.ts';
import type { PolicyFields, PolicyState } from './form-state.ts';

const FIELD = 'w-full rounded-lg border border-input bg-card px-3 py-2';

type ToolName = { name: string; title: string; readsOnly: boolean };

/** The access policy: it is reviewed first, and saved after that. Works without JavaScript. */
export function PolicyForm({ stored, tools }: { stored: PolicyFields; tools: readonly ToolName[] }) {
  const [state, submit, pending] = useActionState<PolicyState, FormData>(submitPolicy, {
    fields: stored,
    problems: [],
  });
  const { fields, problems, effect, saved, failure } = state;
  return (
    // A new form for each answer, because its fields are not controlled.
    <form key={JSON.stringify(state)} action={submit} className="grid max-w-[60rem] gap-8">
      {saved && (
        <Callout tone="ok" live>
          <p>Saved. It is in force on every instance within one second.</p>
        </Callout>
      )}
      {(failure !== undefined || problems.length > 0) && (
        <Callout tone="bad" title={failure ?? 'Nothing was saved.'} live>
          {problems.map((problem) => (
            <p key={problem}>{problem}</p>
          ))}
        </Callout>
      )}
      <div className="grid gap-6 sm:grid-cols-2">
        <Area
          name="blocked"
          title="Blocked hosts"
          value={fields.blocked}
          hint="Clients with a metadata document on these hosts are refused at their next call."
        />
        <Area
          name="allowed"
          title="Allowed hosts"
          value={fields.allowed}
          hint="With an entry, every other client is refused, also each that registered itself. Empty: any host."
        />
      </div>
      <fieldset className="grid gap-4">
        <legend className="mb-3 text-base font-medium">Default limits</legend>
        <p className="text-sm text-muted-foreground">
          They apply to every connection for which an admin chose no others. A member can limit further.
        </p>
        <Check name="readOnly" value="yes" defaultChecked={fields.readOnly}>
          Read-only: apps can use only tools that change nothing
        </Check>
        <fieldset>
          <legend className="mb-1 text-sm font-medium">Tools that apps can use</legend>
          <div className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
            {tools.map(({ name, title, readsOnly }) => (
              <Check key={name} name="tool" value={name} defaultChecked={!fields.toolsOff.includes(name)}>
                {title}
                {readsOnly || <span className="text-muted-foreground"> (can change data)</span>}
              </Check>
            ))}
          </div>
        </fieldset>
        <Line id="unusedDays" title="Expires after days without use" hint="1 to 3650. Empty: never.">
          <input
            id="unusedDays"
            name="unusedDays"
            inputMode="numeric"
            placeholder="Never"
            defaultValue={fields.unusedDays}
            className={`${FIELD} max-w-32 placeholder:text-muted-foreground`}
          />
        </Line>
      </fieldset>
      {effect && (
        <Callout tone={effect.text.includes('no connection') ? 'neutral' : 'warn'} title={effect.text} live>
          {effect.inspector && <p>The inspector of this server is refused too.</p>}
          <p>Nothing is saved yet.</p>
        </Callout>
      )}
      {effect && <input type="hidden" name="reviewed" value={JSON.stringify([fields, effect])} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" name="intent" value="review" disabled={pending}>
          Review
        </Button>
        {effect && (
          <Button type="submit" name="intent" value="save" variant="primary" disabled={pending}>
            Save
          </Button>
        )}
      </div>
    </form>
  );
}

function Check({
  children,
  ...input
}: {
  name: string;
  value: string;
  defaultChecked: boolean;
  children: ReactNode;
}) {
  return (
    <label className="flex min-h-6 items-baseline gap-2 text-sm">
      <input type="checkbox" {...input} className="translate-y-0.5 accent-primary" />
      <span className="min-w-0 wrap-anywhere">{children}</span>
    </label>
  );
}

function Area({ name, title, value, hint }: { name: string; title: string; value: string; hint: string }) {
  return (
    <Line id={name} title={title} hint={hint}>
      <textarea
        id={name}
        name={name}
        defaultValue={value}
        rows={5}
        maxLength={20_000}
        spellCheck={false}
        autoCapitalize="none"
        className={`${FIELD} font-mono`}
      />
    </Line>
  );
}

/** A control with its label; the control has this id. */
function Line({
  id,
  title,
  hint,
  children,
}: {
  id: string;
  title: string;
  hint: string;
  children: ReactNode;
}) {
  return (
    <div className="grid grid-rows-[1fr_auto] gap-1 text-sm">
      <label htmlFor={id} className="grid grid-rows-[auto_1fr] gap-1">
        <span className="font-medium">{title}</span>
        <span className="text-muted-foreground">{hint}</span>
      </label>
      {children}
    </div>
  );
}
