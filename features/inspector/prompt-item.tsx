import type { GetPromptResult, Prompt } from '@modelcontextprotocol/client';
import { useState } from 'react';
import { getPrompt } from './actions.ts';
import { ArgumentsForm } from './arguments-form.tsx';
import { CapabilityItem } from './capability-item.tsx';
import { ContentBlock } from './content-block.tsx';
import type { Arguments, Field } from './form-fields.ts';
import type { CallAnswer } from './messages.ts';
import { CallFailure } from './result-view.tsx';
import type { Inspector } from './use-inspector.ts';

/** A prompt with a form for its arguments, and its messages. */
export function PromptItem({
  prompt,
  busy,
  call,
}: {
  prompt: Prompt;
  busy: boolean;
  call: Inspector['call'];
}) {
  const [answer, setAnswer] = useState<CallAnswer<GetPromptResult>>();
  const fields = (prompt.arguments ?? []).map(
    ({ name, description, required }): Field => ({
      name,
      label: name,
      kind: 'text',
      required: required === true,
      initial: '',
      description,
    }),
  );
  return (
    <CapabilityItem name={prompt.name} title={prompt.title} description={prompt.description}>
      <ArgumentsForm
        id={`prompt-${prompt.name}`}
        fields={fields}
        submit="Get messages"
        busy={busy}
        onSubmit={async (values) =>
          setAnswer(await call(() => getPrompt({ name: prompt.name, arguments: asText(values) })))
        }
      />
      {answer && <CallFailure answer={answer} />}
      {answer?.result && (
        <ol className="space-y-3">
          {answer.result.messages.map(({ role, content }, index) => (
            <li key={`${index + 1} ${role}`} className="space-y-1">
              <p className="text-sm text-muted-foreground">{role}</p>
              <ContentBlock block={content} />
            </li>
          ))}
        </ol>
      )}
    </CapabilityItem>
  );
}

/** The fields of a prompt are text fields, so this changes no value. */
const asText = (values: Arguments) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
