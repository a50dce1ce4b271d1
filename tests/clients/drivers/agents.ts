import type { ClientUnderTest, Driven, Surroundings } from '../client.ts';
import { asked, type Model, startModel } from '../model.ts';
import { type Command, run } from '../terminal.ts';
import { file } from './command-lines.ts';

const PROMPT = 'Use the tool.';
const json = (value: unknown) => JSON.stringify(value, null, 2);

/** A coding agent: it lists and calls tools for a model, which is that of this test. */
function agent(model: Model, actions: { signIn(): Promise<unknown>; ask(): Promise<string> }): Driven {
  return {
    signIn: actions.signIn,
    tools: async () => (await asked(model, undefined, actions.ask)).tools,
    call: async (tool) => (await asked(model, tool, actions.ask)).result,
    close: async () => model.close(),
  };
}

const program =
  ({ env, home }: Surroundings, path: string) =>
  (args: string[], more: Partial<Command> = {}) =>
    run(path, args, { cwd: home, ...more, env: { ...env, ...more.env } });

const codex: ClientUnderTest = {
  id: 'codex',
  name: 'Codex',
  packages: { '@openai/codex': '0.171.0' },
  async open(given) {
    const { home, url, env } = given;
    const model = await startModel();
    const codex = program(given, given.installed('@openai/codex', '../../.bin/codex'));
    const provider = [
      '[model_providers.test]',
      'name = "test"',
      `base_url = "${model.url}/v1"`,
      'wire_api = "responses"',
    ];
    file(
      home,
      '.codex/config.toml',
      ['model = "test"', 'model_provider = "test"', ...provider, ''].join('\n'),
    );
    let added = false;
    return agent(model, {
      async signIn() {
        if (added) return codex(['mcp', 'login', 'server'], { timeoutMs: 60_000 });
        added = true;
        return codex(['mcp', 'add', 'server', '--url', url], { timeoutMs: 60_000 });
      },
      ask: () =>
        codex(
          [
            'exec',
            '--skip-git-repo-check',
            '--dangerously-bypass-approvals-and-sandbox',
            // It waits for the server, and longer than ten seconds: the machine may be busy.
            '-c',
            'mcp_servers.server.required=true',
            '-c',
            'mcp_servers.server.startup_timeout_sec=60',
            PROMPT,
          ],
          { env },
        ),
    });
  },
};

const claudeCode: ClientUnderTest = {
  id: 'claude-code',
  name: 'Claude Code',
  packages: { '@anthropic-ai/claude-code': '2.1.332' },
  expiryMarginSeconds: 300,
  async open(given) {
    const { home, url } = given;
    const model = await startModel();
    const claude = program(given, given.installed('@anthropic-ai/claude-code', '../../.bin/claude'));
    const env = {
      ANTHROPIC_BASE_URL: model.url,
      ANTHROPIC_API_KEY: 'test',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      ENABLE_TOOL_SEARCH: 'false',
    };
    file(home, '.claude.json', json({ hasCompletedOnboarding: true }));
    let added = false;
    return agent(model, {
      async signIn() {
        if (!added)
          await claude(['mcp', 'add', '--scope', 'user', '--transport', 'http', 'server', url], { env });
        added = true;
        return claude(['mcp', 'login', 'server'], { env, tty: true, timeoutMs: 60_000 });
      },
      ask: () => claude(['-p', PROMPT, '--allowedTools', 'mcp__server', '--model', 'test'], { env }),
    });
  },
};

const gemini: ClientUnderTest = {
  id: 'gemini',
  name: 'Gemini CLI',
  packages: { '@google/gemini-cli': '0.61.0' },
  expiryMarginSeconds: 300,
  needsIssuer: true,
  remark:
    'Seen with `iss` in authorization responses, without which it does not sign in. All others were seen without.',
  async open(given) {
    const { home, url } = given;
    const model = await startModel();
    const gemini = program(given, given.installed('@google/gemini-cli', '../../.bin/gemini'));
    const env = {
      GEMINI_API_KEY: 'test',
      GOOGLE_GEMINI_BASE_URL: model.url,
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
    };
    file(
      home,
      '.gemini/settings.json',
      json({
        security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
        general: { enableAutoUpdate: false },
        telemetry: { enabled: false },
      }),
    );
    let added = false;
    return agent(model, {
      async signIn() {
        if (!added)
          await gemini(['mcp', 'add', '--scope', 'user', '--transport', 'http', 'server', url], { env });
        added = true;
        const shown = await gemini([], {
          env,
          tty: true,
          timeoutMs: 90_000,
          types: [
            { after: /Type your message/, text: '/mcp auth server\r' },
            // The first Enter takes the suggestion of the prompt.
            { after: /mcp auth server/, text: '\r' },
            { after: /1\. Yes/, text: '\r' },
          ],
          until: /Successfully authenticated and reloaded|Failed to authenticate with MCP/,
        });
        if (/Failed to authenticate/.test(shown))
          throw new Error(shown.slice(shown.indexOf('Failed to auth')));
      },
      ask: () => gemini(['--yolo', '-p', PROMPT, '-m', 'gemini-2.5-flash'], { env }),
    });
  },
};

const opencode: ClientUnderTest = {
  id: 'opencode',
  name: 'opencode',
  packages: { 'opencode-ai': '1.18.33' },
  async open(given) {
    const { home, url } = given;
    const model = await startModel();
    const opencode = program(given, given.installed('opencode-ai', '../.bin/opencode'));
    file(
      home,
      '.config/opencode/opencode.json',
      json({
        $schema: 'https://opencode.ai/config.json',
        autoupdate: false,
        model: 'test/test',
        small_model: 'test/test',
        provider: {
          test: {
            npm: '@ai-sdk/openai-compatible',
            options: { baseURL: `${model.url}/v1`, apiKey: 'test' },
            models: { test: { name: 'test', tool_call: true } },
          },
        },
        mcp: { server: { type: 'remote', url } },
      }),
    );
    const env = { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' };
    return agent(model, {
      async signIn() {
        const shown = await opencode(['mcp', 'auth', 'server'], { env, tty: true, timeoutMs: 60_000 });
        // It ends with 0 either way.
        const [failure] = /[^\n]*(?:failed|denied)[^\n]*/i.exec(shown) ?? [];
        if (failure !== undefined) throw new Error(failure);
      },
      ask: () => opencode(['run', PROMPT], { env }),
    });
  },
};

const copilotCli: ClientUnderTest = {
  id: 'copilot-cli',
  name: 'Copilot CLI',
  packages: { '@github/copilot': '1.0.102' },
  remark:
    'Seen with a model of its own (`copilot help providers`), without a GitHub account. Of four driven runs on a busy machine, two ended a single call with its own “requires authentication”; the cause is not established.',
  async open(given) {
    const { url } = given;
    const model = await startModel();
    const copilot = program(given, given.installed('@github/copilot', '../../.bin/copilot'));
    const env = {
      COPILOT_PROVIDER_BASE_URL: `${model.url}/v1`,
      COPILOT_PROVIDER_API_KEY: 'test',
      COPILOT_MODEL: 'test',
    };
    let added = false;
    return agent(model, {
      async signIn() {
        if (!added) await copilot(['mcp', 'add', '--transport', 'http', 'server', url], { env });
        added = true;
        return copilot([], {
          env,
          tty: true,
          timeoutMs: 90_000,
          types: [
            { after: /Do you trust/, text: '\r' },
            // It stores its tokens after it says so: it is ended as a person ends it.
            { after: /1 server connected/, text: '/exit\r' },
          ],
        });
      },
      ask: () => copilot(['-p', PROMPT, '--allow-all-tools'], { env }),
    });
  },
};

const cline: ClientUnderTest = {
  id: 'cline',
  name: 'Cline',
  packages: { cline: '3.0.65' },
  async open(given) {
    const { url } = given;
    const model = await startModel();
    const cline = program(given, given.installed('cline', '../.bin/cline'));
    await cline(['auth', '-p', 'openai-compatible', '-k', 'test', '-m', 'test', '-b', `${model.url}/v1`]);
    let added = false;
    return agent(model, {
      async signIn() {
        if (!added) await cline(['mcp', 'add', 'server', url, '--transport', 'http', '--yes']);
        added = true;
        const shown = await cline(['mcp'], {
          tty: true,
          timeoutMs: 60_000,
          types: [
            // The fifth entry is "Authorize OAuth".
            { after: /What would you like to do/, text: `${'\u001b[B'.repeat(4)}\r` },
            { after: /Select remote server/, text: '\r' },
          ],
          until: /authorization completed|failed|denied/i,
        });
        const [failure] = /[^\n]*(?:failed|denied)[^\n]*/i.exec(shown) ?? [];
        if (failure !== undefined) throw new Error(failure);
      },
      ask: () => cline([PROMPT]),
    });
  },
};

export const agents: readonly ClientUnderTest[] = [codex, claudeCode, gemini, opencode, copilotCli, cline];
