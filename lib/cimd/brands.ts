import { domainToUnicode } from 'node:url';

/** A well-known client, its vendor if the name does not say it, the words of its name, and the domains of its vendor. */
type Brand = { name: string; vendor?: string; words: readonly string[]; domains: readonly string[] };

const MICROSOFT = ['vscode.dev', 'visualstudio.com', 'microsoft.com', 'github.com', 'githubcopilot.com'];
const ANTHROPIC = ['claude.ai', 'claude.com', 'anthropic.com'];
const OPENAI = ['chatgpt.com', 'openai.com'];
const GOOGLE = ['google.com', 'google.dev', 'geminicli.com'];

const BRANDS: readonly Brand[] = [
  { name: 'Claude', vendor: 'Anthropic', words: ['claude', 'anthropic'], domains: ANTHROPIC },
  { name: 'ChatGPT', vendor: 'OpenAI', words: ['chatgpt', 'openai', 'codex'], domains: OPENAI },
  { name: 'Cursor', words: ['cursor', 'anysphere'], domains: ['cursor.com', 'cursor.sh', 'anysphere.co'] },
  {
    name: 'VS Code',
    vendor: 'Microsoft',
    words: ['vscode', 'visualstudio', 'visualstudiocode'],
    domains: MICROSOFT,
  },
  { name: 'GitHub', words: ['github', 'githubcopilot'], domains: MICROSOFT },
  { name: 'Microsoft Copilot', vendor: 'Microsoft', words: ['copilot', 'microsoft'], domains: MICROSOFT },
  { name: 'Gemini', vendor: 'Google', words: ['gemini', 'antigravity'], domains: GOOGLE },
  { name: 'Google', words: ['google'], domains: GOOGLE },
  { name: 'Windsurf', words: ['windsurf', 'codeium'], domains: ['windsurf.com', 'codeium.com'] },
  { name: 'Zed', words: ['zed'], domains: ['zed.dev'] },
  { name: 'Goose', words: ['goose'], domains: ['block.xyz', 'block.github.io'] },
  { name: 'Cline', words: ['cline'], domains: ['cline.bot'] },
  { name: 'Kiro', words: ['kiro'], domains: ['kiro.dev'] },
  { name: 'Amazon', words: ['amazon', 'amazonq'], domains: ['amazon.com', 'aws.amazon.com', 'aws.dev'] },
  { name: 'JetBrains', words: ['jetbrains', 'intellij', 'junie'], domains: ['jetbrains.com'] },
  { name: 'Perplexity', words: ['perplexity'], domains: ['perplexity.ai'] },
  { name: 'Mistral', words: ['mistral', 'lechat'], domains: ['mistral.ai'] },
  { name: 'Grok', words: ['grok'], domains: ['x.ai', 'grok.com'] },
  { name: 'Raycast', words: ['raycast'], domains: ['raycast.com'] },
  { name: 'Postman', words: ['postman'], domains: ['postman.com', 'postman.co'] },
  { name: 'Warp', words: ['warp'], domains: ['warp.dev'] },
  { name: 'LM Studio', words: ['lmstudio'], domains: ['lmstudio.ai'] },
  { name: 'Slack', words: ['slack'], domains: ['slack.com'] },
  { name: 'Notion', words: ['notion'], domains: ['notion.so', 'notion.com'] },
  { name: 'Zapier', words: ['zapier'], domains: ['zapier.com'] },
];

/** Letters and digits that look like a Latin letter, except those that Unicode decomposes. */
const CONFUSABLE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    a: 'аαɑᴀ4@',
    b: 'вьβʙ8',
    c: 'сϲᴄ¢',
    d: 'ԁɗᴅ',
    e: 'еёєεᴇ3',
    f: 'ƒғ',
    g: 'ɡցɢ9',
    h: 'һнʜ',
    i: 'іιıɩ1!|ӏⅼlɪ',
    j: 'јϳᴊ',
    k: 'кκᴋ',
    m: 'мᴍ',
    n: 'пηոɴ',
    o: 'оοσօᴏ0ø',
    p: 'рρᴘ',
    q: 'ԛզ',
    r: 'гʀ',
    s: 'ѕꜱ5$',
    t: 'тτᴛ7',
    u: 'υսᴜ',
    v: 'ѵνᴠ',
    w: 'ѡωԝᴡ',
    x: 'хχ×',
    y: 'уүγʏ',
    z: 'ᴢ2',
  }).flatMap(([latin, alike]) => [...alike].map((letter) => [letter, latin] as const)),
);

/** Words of `text` in one spelling: accents, other alphabets, digits and `rn` for `m` are folded. */
function foldedWords(text: string): string[] {
  const latin = [...text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()]
    .map((letter) => CONFUSABLE[letter] ?? letter)
    .join('');
  return latin
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

const fold = (word: string) => foldedWords(word).join('');

/** A short word must be a word of its own; a longer one is also recognised inside another word. */
const MIN_DISTINCT_CHARACTERS = 6;

function mentions(words: readonly string[], brand: string): boolean {
  const joined = words.join('');
  if (brand.length >= MIN_DISTINCT_CHARACTERS && joined.includes(brand)) return true;
  return words.some((_, start) => {
    // Neighbouring words are joined, so that "Z e d" and "Chat GPT" are recognised.
    let run = '';
    for (const word of words.slice(start)) {
      run += word;
      if (run.length >= brand.length) break;
    }
    return run === brand;
  });
}

const belongsTo = (host: string, domains: readonly string[]) =>
  domains.some((domain) => host === domain || host.endsWith(`.${domain}`));

/**
 * Explains why a client's claimed name or host resembles a well-known client, when its host is not that vendor's. CIMD
 * proves the host, not the name (CIMD -02 section 8.5).
 *
 * @param name - sanitized `client_name`
 * @param host - host of the client ID, as in `URL.hostname`
 * @returns a sentence, or undefined when nothing resembles one
 */
export function lookAlike(name: string, host: string): string | undefined {
  const nameWords = foldedWords(name);
  const hostWords = foldedWords(domainToUnicode(host));
  for (const { name: brand, vendor = brand, words, domains } of BRANDS) {
    if (belongsTo(host, domains)) continue;
    const folded = words.map(fold);
    if (folded.some((word) => mentions(nameWords, word)))
      return `This app uses the name “${brand}” but is not from ${vendor} (${domains[0]}).`;
    if (folded.some((word) => mentions(hostWords, word)))
      return `The host ${host} resembles “${brand}” but does not belong to ${vendor} (${domains[0]}).`;
  }
  return undefined;
}
