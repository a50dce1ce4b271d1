import type { ReadResourceResult } from '@modelcontextprotocol/client';
import { useState } from 'react';
import { cleanLines } from '#lib/text/sanitize.ts';
import { ArgumentsForm } from './arguments-form.tsx';
import { Item } from './capability-item.tsx';
import { Content } from './content-block.tsx';
import { ResultView } from './result-view.tsx';
import type { Field } from './server/form.ts';
import type { UseAnswer } from './server/http/messages.ts';
import type { Inspector } from './use-inspector.ts';

/** A resource, or a template of resources whose URI is filled in by hand, and what reading it gave. */
export function ResourceItem({
  name,
  uri,
  description,
  template = false,
  busy,
  use,
}: {
  name: string;
  uri: string;
  description?: string;
  template?: boolean;
  busy: boolean;
  use: Inspector['use'];
}) {
  const [answer, setAnswer] = useState<UseAnswer | undefined>(undefined);
  const fields: Field[] = template
    ? [{ name: 'uri', label: 'URI', kind: 'text', required: true, initial: cleanLines(uri) }]
    : [];
  const contents = (answer?.result as ReadResourceResult | undefined)?.contents;
  return (
    <Item name={uri} title={name} description={description}>
      <ArgumentsForm
        id={`resource-${uri}`}
        fields={fields}
        submit="Read"
        busy={busy}
        onSubmit={async (values) =>
          setAnswer(await use({ action: 'read-resource', uri: String(values.uri ?? uri) }))
        }
      />
      {answer && !contents && <ResultView answer={answer} result={undefined} />}
      {contents?.map((resource) => (
        <Content key={resource.uri} block={{ type: 'resource', resource }} />
      ))}
    </Item>
  );
}
