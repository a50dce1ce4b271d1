export const SEVERITIES = ['error', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The section that says how it should be. */
export type Standard = { name: string; url?: string };

/** One thing about a server that its owner should know. All texts are fit to show; `seen` may quote the server. */
export type Finding = {
  /** Stable name of the rule, kebab-case. */
  id: string;
  /** `error`: clients cannot or must not go on. `warning`: some cannot, or it is not safe. `note`: worth knowing. */
  severity: Severity;
  title: string;
  seen: string;
  standard: Standard;
  fix: string;
  /** The exchange that shows it. */
  exchangeId?: string;
};
