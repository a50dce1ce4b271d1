import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  createRequestStateCodec,
  type InputRequest,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { text } from './scenario-content.ts';

type State = { step: number };

/** Seals what a tool has to remember between two rounds; the client carries it and cannot change it. */
export const stateCodec = createRequestStateCodec<State>({ key: 'only-for-conformance-tests-0123456789' });

const name = z.object({ name: z.string() });
const ok = z.object({ ok: z.boolean() });
const color = z.object({ color: z.string() });
const person = z.object({ username: z.string(), email: z.string() });

const askName = inputRequired.elicit({ message: 'What is your name?', requestedSchema: name });
const askSampling = (question: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: text(question) }], maxTokens });

const say = (value: string): CallToolResult => ({ content: [text(value)] });
const kindOf = ({ mcpReq }: ServerContext, key: string) => inputResponse(mcpReq.inputResponses, key).kind;

/** Asks until every question has an answer of the right kind, then says what was answered. */
function asking(questions: InputRequests, describe: (context: ServerContext) => string) {
  return (context: ServerContext): CallToolResult | InputRequiredResult => {
    const open = Object.entries(questions).filter(([key]) => kindOf(context, key) === 'missing');
    return open.length > 0
      ? inputRequired({ inputRequests: Object.fromEntries(open) })
      : say(describe(context));
  };
}

function capabilities({ mcpReq }: ServerContext): ClientCapabilities {
  const envelope: { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } = mcpReq.envelope ?? {};
  return envelope[CLIENT_CAPABILITIES_META_KEY] ?? {};
}

async function ask(step: number, inputRequests: InputRequests): Promise<InputRequiredResult> {
  return inputRequired({ inputRequests, requestState: await stateCodec.mint({ step }) });
}

type Run = (
  context: ServerContext,
) => CallToolResult | InputRequiredResult | Promise<CallToolResult | InputRequiredResult>;

/** Asks one question with sealed state; `reply` once the answer and the state came back. */
function sealed(reply: string): Run {
  const confirm = inputRequired.elicit({ message: 'Please confirm', requestedSchema: ok });
  return (context) =>
    context.mcpReq.requestState<State>() !== undefined && kindOf(context, 'confirm') === 'elicit'
      ? say(reply)
      : ask(1, { confirm });
}

const everyKind: InputRequests = {
  user_name: askName,
  greeting: askSampling('Generate a greeting', 50),
  client_roots: inputRequired.listRoots(),
};

const defaults = z.object({
  name: z.string().default('John Doe'),
  age: z.int().default(30),
  score: z.number().default(95.5),
  status: z.enum(['active', 'inactive', 'pending']).default('active'),
  verified: z.boolean().default(true),
});

/** Every way in which a form can offer a choice (SEP-1330), as wire schema: one of them is for old clients only. */
const choices = {
  type: 'object' as const,
  properties: {
    untitledSingle: { type: 'string' as const, enum: ['option1', 'option2', 'option3'] },
    titledSingle: { type: 'string' as const, oneOf: [{ const: 'value1', title: 'First Option' }] },
    legacyEnum: { type: 'string' as const, enum: ['opt1', 'opt2'], enumNames: ['Option One', 'Option Two'] },
    untitledMulti: {
      type: 'array' as const,
      items: { type: 'string' as const, enum: ['option1', 'option2'] },
    },
    titledMulti: { type: 'array' as const, items: { anyOf: [{ const: 'value1', title: 'First Choice' }] } },
  },
};

/** Tools of 2026-07-28 that need something of the client: they answer `input_required`. */
const QUESTIONS: Record<string, Run> = {
  test_input_required_result_elicitation: (context) => {
    const given = acceptedContent(context.mcpReq.inputResponses, 'user_name', name);
    return given ? say(`Hello, ${given.name}!`) : inputRequired({ inputRequests: { user_name: askName } });
  },
  test_input_required_result_sampling: asking(
    { capital_question: askSampling('What is the capital of France?', 100) },
    ({ mcpReq }) => JSON.stringify(mcpReq.inputResponses?.capital_question),
  ),
  test_input_required_result_list_roots: asking({ client_roots: inputRequired.listRoots() }, ({ mcpReq }) =>
    JSON.stringify(mcpReq.inputResponses?.client_roots),
  ),
  test_input_required_result_request_state: sealed('state-ok'),
  test_input_required_result_tampered_state: sealed('The state came back unchanged'),
  test_input_required_result_multiple_inputs: (context) =>
    Object.keys(everyKind).every((key) => kindOf(context, key) !== 'missing')
      ? say('All three answered')
      : ask(1, everyKind),
  test_input_required_result_multi_round: (context) => {
    const state = context.mcpReq.requestState<State>();
    if (state?.step === 2 && kindOf(context, 'step2') === 'elicit') return say('Both steps answered');
    if (state?.step === 1 && kindOf(context, 'step1') === 'elicit')
      return ask(2, {
        step2: inputRequired.elicit({
          message: 'Step 2: What is your favorite color?',
          requestedSchema: color,
        }),
      });
    return ask(1, {
      step1: inputRequired.elicit({ message: 'Step 1: What is your name?', requestedSchema: name }),
    });
  },
  test_input_required_result_capabilities: (context) => {
    const { elicitation, sampling } = capabilities(context);
    const inputRequests: Record<string, InputRequest> = {
      ...(elicitation && { user_name: askName }),
      ...(sampling && { greeting: askSampling('Generate a greeting', 50) }),
    };
    return inputRequired({ inputRequests });
  },
  test_missing_capability: asking({ greeting: askSampling('Generate a greeting', 50) }, () => 'Answered'),
  test_streaming_elicitation: asking({ user_name: askName }, () => 'Answered'),
  // What the 2025 revisions ask with a request of the server's own is the same answer here.
  test_sampling: asking({ question: askSampling('Test prompt for sampling', 100) }, () => 'Answered'),
  test_elicitation: asking(
    { person: inputRequired.elicit({ message: 'Who are you?', requestedSchema: person }) },
    () => 'Answered',
  ),
  test_elicitation_sep1034_defaults: asking(
    { form: inputRequired.elicit({ message: 'Check your data', requestedSchema: defaults }) },
    () => 'Answered',
  ),
  test_elicitation_sep1330_enums: asking(
    { form: inputRequired.elicit({ message: 'Choose', requestedSchema: choices }) },
    () => 'Answered',
  ),
};

/** Tools, and a prompt, that have to ask the client before they can answer. */
export function registerQuestions(server: McpServer): void {
  for (const [tool, run] of Object.entries(QUESTIONS))
    server.registerTool(tool, { description: `Serves the scenario of ${tool}` }, run);
  const context = z.object({ context: z.string() });
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'Asks for a context first' },
    ({ mcpReq }) => {
      const given = acceptedContent(mcpReq.inputResponses, 'user_context', context);
      if (given) return { messages: [{ role: 'user', content: text(given.context) }] };
      const message = 'What context should the prompt use?';
      return inputRequired({
        inputRequests: { user_context: inputRequired.elicit({ message, requestedSchema: context }) },
      });
    },
  );
}
