import type { ReadResourceResult } from '@modelcontextprotocol/client';
import { useState } from 'react';
import { cleanLines } from '#lib/text/sanitize.ts';
import { readResource } from './actions.ts';
import { ArgumentsForm } from './arguments-form.tsx';
import { CapabilityItem } from './capability-item.tsx';
import { ContentBlock } from './content-block.tsx';
import type { Field } from './form-fields.ts';
import type { CallAnswer } from './messages.ts';
import { CallFailure } from './result-view.tsx';
import type { Inspector } from './use-inspector.ts';

/** A resource, or a resource template whose URI the user completes, and its contents. */
export function ResourceItem({
  name,
  uri,
  description,
  template = false,
  busy,
  call,
}: {
  name: string;
  uri: string;
  description?: string | undefined;
  template?: boolean;
  busy: boolean;
  call: Inspector['call'];
}) {
  const [answer, setAnswer] = useState<CallAnswer<ReadResourceResult>>();
  const fields: Field[] = template
    ? [{ name: 'uri', label: 'URI', kind: 'text', required: true, initial: cleanLines(uri) }]
    : [];
  return (
    <CapabilityItem name={uri} title={name} description={description}>
      <ArgumentsForm
        id={`resource-${uri}`}
        fields={fields}
        submit="Read"
        busy={busy}
        onSubmit={async (values) =>
          setAnswer(await call(() => readResource({ uri: String(values.uri ?? uri) })))
        }
      />
      {answer && <CallFailure answer={answer} />}
      {answer?.result?.contents.map((resource) => (
        <ContentBlock key={resource.uri} block={{ type: 'resource', resource }} />
      ))}
    </CapabilityItem>
  );
}
