import type { GetPromptResult, Prompt } from '@modelcontextprotocol/client';
import { useState } from 'react';
import { ArgumentsForm } from './arguments-form.tsx';
import { Item } from './capability-item.tsx';
import { Content } from './content-block.tsx';
import { ResultView } from './result-view.tsx';
import type { Field } from './server/form.ts';
import type { UseAnswer } from './server/http/messages.ts';
import type { Inspector } from './use-inspector.ts';

/** A prompt with a form for its arguments, and the messages it gave. */
export function PromptItem({ prompt, busy, use }: { prompt: Prompt; busy: boolean; use: Inspector['use'] }) {
  const [answer, setAnswer] = useState<UseAnswer | undefined>(undefined);
  const fields = (prompt.arguments ?? []).map(
    ({ name, description, required }): Field => ({
      name,
      label: name,
      kind: 'text',
      required: required === true,
      initial: '',
      ...(description !== undefined && { description }),
    }),
  );
  const messages = (answer?.result as GetPromptResult | undefined)?.messages;
  return (
    <Item name={prompt.name} title={prompt.title} description={prompt.description}>
      <ArgumentsForm
        id={`prompt-${prompt.name}`}
        fields={fields}
        submit="Get messages"
        busy={busy}
        onSubmit={async (values) =>
          setAnswer(await use({ action: 'get-prompt', name: prompt.name, arguments: values }))
        }
      />
      {answer && !messages && <ResultView answer={answer} result={undefined} />}
      {messages && (
        <ol className="space-y-3">
          {messages.map(({ role, content }, index) => (
            <li key={`${index + 1} ${role}`} className="space-y-1">
              <p className="text-sm text-muted-foreground">{role}</p>
              <Content block={content} />
            </li>
          ))}
        </ol>
      )}
    </Item>
  );
}
