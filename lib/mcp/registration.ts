import type { McpServer } from '@modelcontextprotocol/server';
import type { Call } from './call.ts';

/** Registers one prompt or one resource on the server that serves a call. */
export type Registration = (server: McpServer, call: Call) => void;
