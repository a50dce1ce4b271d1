import { z } from 'zod';
import { isLoopback } from './loopback.ts';

/** Where notifications are sent, and the secrets that sign them. */
export type NotificationConfig = {
  url: string;
  /** Keys of the signatures, the current one first; each notification is signed with all of them. */
  secrets: readonly Buffer[];
};

/** The key of a secret as Standard Webhooks writes it: `whsec_` and 24 to 64 bytes in base64; undefined for other text. */
function keyOf(secret: string): Buffer | undefined {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const again = `whsec_${key.toString('base64')}`;
  return secret === again && key.length >= 24 && key.length <= 64 ? key : undefined;
}

const secretsOf = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/** The variables of notifications, each checked by itself. */
export const notificationVariables = {
  NOTIFY_WEBHOOK_URL: z
    .string()
    .refine((text) => /^https?$/.test(URL.parse(text)?.protocol.slice(0, -1) ?? ''), {
      error: 'set the https URL that receives notifications, or remove it',
      abort: true,
    })
    .refine((text) => text.startsWith('https:') || isLoopback(new URL(text)), {
      error: 'use https: a notification names people and their apps (http works for this computer only)',
    })
    .refine((text) => new URL(text).username === '' && new URL(text).password === '', {
      error: 'remove the user name and password from the URL: the receiver verifies the signature',
    })
    .optional(),
  NOTIFY_WEBHOOK_SECRET: z
    .string()
    .refine((text) => secretsOf(text).length > 0 && secretsOf(text).every((secret) => keyOf(secret)), {
      error: 'set whsec_ and 24 to 64 random bytes in base64: `echo "whsec_$(openssl rand -base64 32)"`',
    })
    .optional(),
};

type Variables = z.infer<z.ZodObject<typeof notificationVariables>>;

/** The rule between the variables: one of them without the other. */
export function* notificationProblems(
  env: Readonly<Record<string, string | undefined>>,
): Generator<[string, string]> {
  if (env.NOTIFY_WEBHOOK_URL !== undefined && env.NOTIFY_WEBHOOK_SECRET === undefined)
    yield [
      'NOTIFY_WEBHOOK_SECRET',
      'set it, because NOTIFY_WEBHOOK_URL is set and a receiver must be able to verify notifications: `echo "whsec_$(openssl rand -base64 32)"`',
    ];
  if (env.NOTIFY_WEBHOOK_URL === undefined && env.NOTIFY_WEBHOOK_SECRET !== undefined)
    yield [
      'NOTIFY_WEBHOOK_URL',
      'set the https URL that receives notifications, or remove NOTIFY_WEBHOOK_SECRET',
    ];
}

/** What the variables configure; undefined when notifications are off. */
export function notificationConfig(variables: Variables): NotificationConfig | undefined {
  const { NOTIFY_WEBHOOK_URL: url, NOTIFY_WEBHOOK_SECRET: secret } = variables;
  if (url === undefined) return undefined;
  return { url, secrets: secretsOf(secret ?? '').flatMap((text) => keyOf(text) ?? []) };
}
