import type { Prompt, Tool } from '@modelcontextprotocol/client';
import { type Target, templateVariables } from './calls.ts';
import type { Field } from './field.ts';
import { formFields } from './form-fields.ts';
import type { ServerView } from './server/server-view.ts';

/** A prompt, resource or resource template as the server lists it. */
export function describe({ kind, name }: Target, view: ServerView) {
  switch (kind) {
    case 'prompt':
      return view.prompts.find((prompt) => prompt.name === name);
    case 'resource':
      return view.resources.find(({ uri }) => uri === name);
    default:
      return view.resourceTemplates.find(({ uriTemplate }) => uriTemplate === name);
  }
}

/** The fields of the form for a target; undefined when its arguments are entered as one JSON object. */
export function fieldsOf(
  target: Target,
  view: ServerView,
  tool: Tool | undefined,
): readonly Field[] | undefined {
  if (target.kind === 'tool') return tool ? formFields(tool.inputSchema) : undefined;
  if (target.kind === 'prompt') return promptFields(view.prompts.find(({ name }) => name === target.name));
  return target.kind === 'template'
    ? templateVariables(target.name).map((name) => textField(name, true, undefined))
    : [];
}

const textField = (name: string, required: boolean, description: string | undefined): Field => ({
  name,
  label: name,
  kind: 'text',
  required,
  initial: '',
  description,
});

const promptFields = (prompt: Prompt | undefined): Field[] =>
  (prompt?.arguments ?? []).map(({ name, required, description }) =>
    textField(name, required === true, description),
  );
