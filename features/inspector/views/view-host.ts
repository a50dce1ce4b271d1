import type { CallToolResult, ReadResourceResult, Tool } from '@modelcontextprotocol/client';
import { CLIENT_INFO } from '#features/discovery/steps/messages.ts';
import { isObject } from '#lib/text/json.ts';
import { callableByView, type ViewMessage } from './view.ts';

const PROTOCOL_VERSION = '2026-01-26';
const MIN_HEIGHT_PX = 40;
const MAX_HEIGHT_PX = 800;
/** Requests of a view that wait for the person or for the server. */
const MAX_OPEN_REQUESTS = 4;

/** What a view asks the person. */
export type ViewQuestion =
  | { kind: 'tool'; name: string; arguments: Record<string, unknown> }
  | { kind: 'link'; url: string };

export type ViewHostOptions = {
  html: string;
  tool: Tool;
  /** Of the server that the view is of. */
  tools: readonly Tool[];
  input: Record<string, unknown>;
  result: CallToolResult;
  theme: () => 'light' | 'dark';
  /** Sends a message to the window of the view. */
  post: (message: ViewMessage) => void;
  /** Resolves to whether the person agrees. */
  ask: (question: ViewQuestion) => Promise<boolean>;
  /** @throws {Error} with what to say to the view */
  callTool: (name: string, input: Record<string, unknown>) => Promise<CallToolResult>;
  /** @throws {Error} with what to say to the view */
  readResource: (uri: string) => Promise<ReadResourceResult>;
  openLink: (url: string) => void;
  onHeight: (pixels: number) => void;
  onClose: () => void;
};

class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The host's side of MCP Apps (2026-01-26) for one view. The view is not trusted: an act outside of its frame needs
 * the consent of the person, each time.
 */
export class ViewHost {
  readonly #options: ViewHostOptions;
  #written = false;
  #initialized = false;
  #open = 0;

  constructor(options: ViewHostOptions) {
    this.#options = options;
  }

  /** Handles a message of the view. */
  async receive({ id, method, params = {} }: ViewMessage): Promise<void> {
    if (method === undefined) return;
    if (id === undefined) return this.#notified(method, params);
    const { post } = this.#options;
    if (this.#open >= MAX_OPEN_REQUESTS)
      return post({ jsonrpc: '2.0', id, error: { code: -32000, message: 'Too many requests are open.' } });
    this.#open += 1;
    try {
      post({ jsonrpc: '2.0', id, result: await this.#answer(method, params) });
    } catch (error) {
      const code = error instanceof RefusedError ? error.code : -32000;
      const message = error instanceof Error ? error.message : 'The request failed.';
      post({ jsonrpc: '2.0', id, error: { code, message } });
    } finally {
      this.#open -= 1;
    }
  }

  /** Says that the theme of the page has changed. */
  themeChanged(): void {
    if (this.#initialized)
      this.#notify('ui/notifications/host-context-changed', { theme: this.#options.theme() });
  }

  #notify(method: string, params: Record<string, unknown>): void {
    this.#options.post({ jsonrpc: '2.0', method, params });
  }

  #notified(method: string, params: Record<string, unknown>): void {
    const { html, input, result, onHeight, onClose } = this.#options;
    switch (method) {
      case 'ui/notifications/sandbox-proxy-ready':
        // Once: a view that loads its frame again stays empty.
        if (!this.#written) this.#notify('ui/notifications/sandbox-resource-ready', { html });
        this.#written = true;
        return;
      case 'ui/notifications/initialized':
        if (this.#initialized) return;
        this.#initialized = true;
        this.#notify('ui/notifications/tool-input', { arguments: input });
        this.#notify('ui/notifications/tool-result', result);
        return;
      case 'ui/notifications/size-changed':
        if (typeof params.height === 'number' && Number.isFinite(params.height))
          onHeight(Math.min(MAX_HEIGHT_PX, Math.max(MIN_HEIGHT_PX, Math.ceil(params.height))));
        return;
      case 'ui/notifications/request-teardown':
        onClose();
    }
  }

  async #answer(method: string, params: Record<string, unknown>): Promise<unknown> {
    switch (method) {
      case 'ui/initialize':
        return this.#initialize();
      case 'ping':
        return {};
      case 'tools/call':
        return this.#callTool(params);
      case 'resources/read':
        if (typeof params.uri !== 'string') throw new RefusedError(-32602, 'uri is missing.');
        return this.#options.readResource(params.uri);
      case 'ui/open-link':
        return this.#openLink(params.url);
      case 'ui/request-display-mode':
        return { mode: 'inline' };
      default:
        throw new RefusedError(-32601, `The inspector has no ${method.slice(0, 100)}.`);
    }
  }

  #initialize() {
    const { tool, theme } = this.#options;
    return {
      protocolVersion: PROTOCOL_VERSION,
      hostInfo: CLIENT_INFO,
      hostCapabilities: { openLinks: {}, serverTools: {}, serverResources: {}, logging: {} },
      hostContext: {
        toolInfo: { tool },
        theme: theme(),
        displayMode: 'inline',
        availableDisplayModes: ['inline'],
        containerDimensions: { maxHeight: MAX_HEIGHT_PX },
        locale: navigator.language,
        timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        platform: 'web',
      },
    };
  }

  async #callTool({ name, arguments: given = {} }: Record<string, unknown>): Promise<CallToolResult> {
    const { tools, ask, callTool } = this.#options;
    const tool = tools.find((candidate) => candidate.name === name);
    if (tool === undefined || !isObject(given))
      throw new RefusedError(-32602, 'The server has no such tool, or the arguments are no object.');
    if (!callableByView(tool)) throw new RefusedError(-32000, 'This tool is not for views.');
    if (!(await ask({ kind: 'tool', name: tool.name, arguments: given })))
      throw new RefusedError(-32000, 'The person declined.');
    return callTool(tool.name, given);
  }

  async #openLink(url: unknown): Promise<{ isError?: true }> {
    const parsed = typeof url === 'string' ? URL.parse(url) : null;
    if (parsed?.protocol !== 'https:' || parsed.username !== '' || parsed.password !== '')
      throw new RefusedError(-32602, 'Only https URLs without credentials are opened.');
    if (!(await this.#options.ask({ kind: 'link', url: parsed.href }))) return { isError: true };
    this.#options.openLink(parsed.href);
    return {};
  }
}
