import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { EmbedAddress } from './kernel/embed-address.ts';
import { Fault } from './kernel/errors.ts';
import {
  DEFAULT_NEW_ACCOUNTS,
  DEFAULT_RATES,
  type NewAccounts,
  newAccounts,
  type Rates,
  rates,
} from './kernel/rate-settings.ts';
import {
  type Dkim,
  dkimOf,
  embed,
  headerText,
  headerWord,
  hostAndPort,
  hub,
  list,
  longSecret,
  masked,
  oidc,
  pairs,
  perMinute,
  port,
  privateKey,
  signedAs,
  timeZone,
} from './kernel/setting-shapes.ts';
import type { SignInSite } from './kernel/sign-in-sites.ts';

export type { EmbedAddress } from './kernel/embed-address.ts';

interface Setting {
  readonly schema: z.ZodType<unknown>;
  /** As it would be written in the environment. */
  readonly fallback: string;
  readonly says: string;
}

const setting = <S extends z.ZodType>(schema: S, fallback: string, says: string) => ({ schema, fallback, says });

const url = z.string().trim().min(1);

const mail = z.union([z.literal(''), z.email()]);

/** Every setting there is. Each can also be read from a file named by its `_FILE` twin. None is required. */
export const SETTINGS = {
  BROADSHEET_PORT: setting(port, '3000', 'Port to listen on; 0 picks a free one.'),
  BROADSHEET_HOST: setting(
    z.string().trim().min(1),
    '127.0.0.1',
    'Address to listen on; `0.0.0.0` serves the network.',
  ),
  BROADSHEET_DATA_DIR: setting(
    url,
    './var',
    'Folder of the database, the index and caches; relative to the folder of Broadsheet.',
  ),
  BROADSHEET_DATABASE_URL: setting(
    z.string().trim(),
    '',
    '`postgres://…`, or `sqlite:FILE`; empty means `broadsheet.db` in the data folder.',
  ),
  BROADSHEET_INDEX_URL: setting(
    z.string().trim(),
    '',
    'Folder of the search index; empty means `index` in the data folder.',
  ),
  BROADSHEET_PUBLIC_URL: setting(
    z.union([z.literal(''), z.url({ protocol: /^https?$/ })]),
    '',
    'Address readers use, for links in feeds, sitemap and cards; empty means what the request says.',
  ),
  BROADSHEET_ACCOUNTS: setting(
    z.enum(['off', 'open', 'invited']),
    'off',
    '`off`: one reader, the owner, who sits at this machine and signs in nowhere; `open`: whoever has a mail address can have an account; `invited`: those whom an operator or moderator invites. The last two need `BROADSHEET_PUBLIC_URL`.',
  ),
  BROADSHEET_OIDC: setting(
    oidc,
    '',
    'Other sites one can sign in with, one after another, separated by `;`: `github|CLIENT_ID|CLIENT_SECRET`, the same for `orcid` and `huggingface`, or any OpenID Connect issuer as `NAME=https://issuer|CLIENT_ID|CLIENT_SECRET`, with `|SCOPES` at the end where others than `openid email profile` are wanted.',
  ),
  BROADSHEET_PROXIES: setting(
    list.refine((parts) => parts.every((part) => isIP(part) !== 0), 'not IP addresses'),
    '',
    'IP addresses of the proxies in front of Broadsheet, whose word in `X-Forwarded-For` is taken for where a request comes from; empty means none.',
  ),
  BROADSHEET_MASTHEAD: setting(z.string().trim().min(1).max(40), 'Broadsheet', 'The name across the top of the page.'),
  BROADSHEET_LOG_LEVEL: setting(
    z.enum(['auto', 'trace', 'debug', 'info', 'warn', 'error', 'silent']),
    'auto',
    'What is logged, as JSON lines on standard error; `auto` is `info` for a server whose standard error is not a terminal, else `warn`.',
  ),
  BROADSHEET_EMBED: setting(
    embed,
    'auto',
    'The model that papers are read with for meaning: `auto` is the one Broadsheet comes with; `off` searches by words only; or the address of a server: `openai+http://127.0.0.1:8080/v1?model=NAME` (OpenAI’s protocol), `ollama+http://localhost:11434?model=nomic-embed-text`, `tei+http://host:8080`.',
  ),
  BROADSHEET_EMBED_KEY: setting(headerWord, '', 'Key of that server, sent as a Bearer token; empty sends none.'),
  BROADSHEET_HARVEST: setting(
    z.string().trim(),
    'auto',
    'What is harvested and when, one `source = cron @ zone` after another, separated by `;` (e.g. `arxiv-oai = 30 2 * * * @ UTC; feed https://example.org/rss = 0 * * * *`); `auto` keeps to each source’s own times, `off` harvests only when told to.',
  ),
  BROADSHEET_SOURCE_URLS: setting(
    pairs(z.url({ protocol: /^https?$/, error: 'not an http address' })),
    '',
    'Base addresses of sources, for mirrors: `arxiv-oai=http://mirror/oai,hf-daily=…`; empty means their own.',
  ),
  BROADSHEET_SOURCE_KEYS: setting(
    pairs(z.string().trim().min(1)),
    '',
    'Keys that sources gave you: `zotero=…,semantic-scholar=…`.',
  ),
  BROADSHEET_FETCH_ALLOW: setting(
    hostAndPort,
    '',
    'Hosts beyond public addresses that may be fetched, and pushed to: `host:port,…`; empty means none.',
  ),
  BROADSHEET_WEBSUB_HUB: setting(
    hub,
    '',
    'A WebSub hub that public feeds name, and that is told of each new edition: `https://hub.example/`; empty means none. Needs `BROADSHEET_PUBLIC_URL`.',
  ),
  BROADSHEET_CONTACT: setting(headerText, '', 'Mail or web address that is named to sources and push services.'),
  BROADSHEET_EDITION_AT: setting(
    z
      .string()
      .trim()
      .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'not a time: write 00:00'),
    '00:00',
    'When the day’s edition is set.',
  ),
  BROADSHEET_EDITION_ZONE: setting(timeZone, 'UTC', 'Time zone of the edition’s time and day.'),
  BROADSHEET_EDITION_WEEKENDS: setting(
    z.enum(['place', 'skip']),
    'place',
    '`skip` sets no edition on Saturdays and Sundays: their papers stand in Monday’s.',
  ),
  BROADSHEET_EDITION_SIZE: setting(
    z
      .string()
      .trim()
      .regex(/^\d{1,4}$/, 'not a number')
      .transform(Number)
      .refine((n) => n >= 1, 'at least 1'),
    '80',
    'Papers in an edition, at most.',
  ),
  BROADSHEET_EDITION_CATEGORIES: setting(
    list,
    '',
    'Categories an edition is made of, e.g. `cs.LG,cs.CL,stat`; empty means all.',
  ),
  BROADSHEET_SUBMIT_PER_DAY: setting(
    pairs(
      z
        .string()
        .trim()
        .regex(/^\d{1,6}$/, 'not a number'),
    ).refine(
      (perDay) => Object.keys(perDay).every((role) => /^(?:reader|trusted|moderator|operator)$/.test(role)),
      'roles are reader, trusted, moderator and operator',
    ),
    'reader=5,trusted=50',
    'Papers that somebody may submit a day, by role; moderators and the operator any number unless they are named.',
  ),
  BROADSHEET_SUBMIT_REVIEW: setting(
    z.enum(['on', 'off']),
    'off',
    '`on`: what a reader submits waits for a moderator until one of their submissions has been let through.',
  ),
  BROADSHEET_RATES: setting(
    rates,
    DEFAULT_RATES,
    'How much may be changed, as `NAME=AT_ONCE/AN_HOUR` or `NAME=off`; those not named stay as they are: `account` is one account, `network` one IPv4 address or IPv6 /64, `letters` and `submissions` those that come from one network, `elsewhere` what mail programs and mail servers post. The owner of an instance without accounts is not counted.',
  ),
  BROADSHEET_NEW_ACCOUNTS: setting(
    newAccounts,
    DEFAULT_NEW_ACCOUNTS,
    'What a new account may do within a day; what is not named stays as it is. A reader’s account is new until a letter, a submission or a vote of theirs has stood for so many hours; `hours=0`: no account is new.',
  ),
  BROADSHEET_MAIL_URL: setting(
    z.union([z.literal(''), z.url({ protocol: /^(?:smtps?|file)$/ })]),
    '',
    'Where mail is handed in: `smtp://user:password@host:587`, or `file:///folder`; empty sends none.',
  ),
  BROADSHEET_MAIL_DKIM: setting(
    signedAs,
    '',
    'What mail is signed as (DKIM): `selector@example.org`, whose public key stands in the DNS at `selector._domainkey.example.org`; empty signs none.',
  ),
  BROADSHEET_MAIL_DKIM_KEY: setting(
    privateKey,
    '',
    'The private key of that, in PEM: best given as a file, by `BROADSHEET_MAIL_DKIM_KEY_FILE`.',
  ),
  BROADSHEET_MAIL_PER_MINUTE: setting(
    perMinute,
    '',
    'Digests sent a minute to the addresses of a domain, at most: `gmail.com=60,*=600`, where `*` is any domain not named; empty means as fast as the server takes them.',
  ),
  BROADSHEET_MAIL_FROM: setting(mail, '', 'Address that mail comes from.'),
  BROADSHEET_BOUNCE_URL: setting(
    z.union([z.literal(''), z.url({ protocol: /^imaps?$/ })]),
    '',
    'The mailbox that mail comes back to, looked into every few minutes: `imaps://user:password@host/INBOX`; `BROADSHEET_MAIL_FROM` has to lead there. Empty looks into none.',
  ),
  BROADSHEET_BOUNCE_KEY: setting(
    longSecret,
    '',
    'Secret that a mail server or a mail service sends as a Bearer token with what came back, to `/mail/bounces`; empty takes nothing there.',
  ),
  BROADSHEET_OPERATOR_MAIL: setting(mail, '', 'Address that alarms are sent to.'),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute path. */
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly indexUrl: string;
  /** No trailing slash; empty when the request decides. */
  readonly publicUrl: string;
  readonly accounts: 'off' | 'open' | 'invited';
  readonly oidc: readonly SignInSite[];
  /** IP addresses. */
  readonly proxies: readonly string[];
  readonly masthead: string;
  readonly logLevel: 'auto' | 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly embed: 'auto' | 'off' | EmbedAddress;
  readonly embedKey: string;
  /** As written; `services/schedule` reads it. */
  readonly harvest: string;
  /** By source id. */
  readonly sourceUrls: Readonly<Record<string, string>>;
  readonly sourceKeys: Readonly<Record<string, string>>;
  /** `host:port` each. */
  readonly fetchAllow: readonly string[];
  readonly contact: string;
  /** Empty for none. */
  readonly websubHub: string;
  readonly edition: {
    /** `HH:MM`. */
    readonly at: string;
    readonly zone: string;
    readonly weekends: 'place' | 'skip';
    readonly size: number;
    readonly categories: readonly string[];
  };
  readonly submit: {
    /** By role. */
    readonly perDay: Readonly<Record<string, number>>;
    /** Whether first submissions of readers wait for a moderator. */
    readonly review: boolean;
  };
  readonly rates: Rates;
  readonly newAccounts: NewAccounts;
  readonly mailUrl: string;
  readonly mailFrom: string;
  /** Null where mail is not signed. */
  readonly dkim: Dkim | null;
  /** Digests a minute by domain; `*` is any other. */
  readonly mailPerMinute: Readonly<Record<string, number>>;
  /** Empty where no mailbox is looked into. */
  readonly bounceUrl: string;
  /** Empty where nothing is taken. */
  readonly bounceKey: string;
  readonly operatorMail: string;
}

/** The folder Broadsheet is checked out in. */
export const HOME = resolve(import.meta.dirname, '..');

type Environment = Readonly<Record<string, string | undefined>>;

const written = (env: Environment, name: string, mistakes: string[]): string | undefined => {
  const file = env[`${name}_FILE`];
  if (env[name] && file) mistakes.push(`${name} and ${name}_FILE are both set: keep one.`);
  // An empty variable is how compose files and shells say "not set".
  if (env[name] || !file) return env[name] || undefined;
  try {
    return readFileSync(file, 'utf8').trimEnd() || undefined;
  } catch {
    mistakes.push(`${name}_FILE names ${file}, which cannot be read.`);
    return undefined;
  }
};

/** Reads every setting at once. Throws `Fault('bad-config')` that lists all mistakes, one sentence each. */
export const readConfig = (env: Environment = process.env): Config => {
  const mistakes: string[] = [];
  const known = new Set(Object.keys(SETTINGS).flatMap((name) => [name, `${name}_FILE`]));
  for (const name of Object.keys(env)) {
    if (name.startsWith('BROADSHEET_') && !known.has(name)) mistakes.push(`${name} is not a setting of Broadsheet.`);
  }
  const values = {} as { [N in SettingName]: z.infer<(typeof SETTINGS)[N]['schema']> };
  for (const [name, { schema, fallback }] of Object.entries(SETTINGS)) {
    const text = written(env, name, mistakes);
    const parsed = schema.safeParse(text === undefined ? fallback : text);
    if (parsed.success) Object.assign(values, { [name]: parsed.data });
    else
      mistakes.push(
        `${name} is ${JSON.stringify(masked(name, text ?? fallback))}: ${parsed.error.issues[0]?.message ?? 'not valid'}.`,
      );
  }
  if (values.BROADSHEET_ACCOUNTS !== 'off' && values.BROADSHEET_PUBLIC_URL === '')
    mistakes.push('BROADSHEET_PUBLIC_URL is empty: with BROADSHEET_ACCOUNTS, name the address readers use.');
  if ((values.BROADSHEET_MAIL_DKIM === '') !== (values.BROADSHEET_MAIL_DKIM_KEY === ''))
    mistakes.push('BROADSHEET_MAIL_DKIM and BROADSHEET_MAIL_DKIM_KEY belong together: set both or none.');
  if (mistakes.length > 0) throw new Fault('bad-config', mistakes.join('\n'));
  const dataDir = resolve(HOME, values.BROADSHEET_DATA_DIR);
  return Object.freeze({
    port: values.BROADSHEET_PORT,
    host: values.BROADSHEET_HOST,
    dataDir,
    databaseUrl: values.BROADSHEET_DATABASE_URL || `sqlite:${resolve(dataDir, 'broadsheet.db')}`,
    indexUrl: values.BROADSHEET_INDEX_URL || resolve(dataDir, 'index'),
    publicUrl: values.BROADSHEET_PUBLIC_URL.replace(/\/+$/, ''),
    accounts: values.BROADSHEET_ACCOUNTS,
    oidc: values.BROADSHEET_OIDC,
    proxies: values.BROADSHEET_PROXIES,
    masthead: values.BROADSHEET_MASTHEAD,
    logLevel: values.BROADSHEET_LOG_LEVEL,
    embed: values.BROADSHEET_EMBED,
    embedKey: values.BROADSHEET_EMBED_KEY,
    harvest: values.BROADSHEET_HARVEST,
    sourceUrls: values.BROADSHEET_SOURCE_URLS,
    sourceKeys: values.BROADSHEET_SOURCE_KEYS,
    fetchAllow: values.BROADSHEET_FETCH_ALLOW,
    contact: values.BROADSHEET_CONTACT,
    websubHub: values.BROADSHEET_WEBSUB_HUB,
    edition: {
      at: values.BROADSHEET_EDITION_AT,
      zone: values.BROADSHEET_EDITION_ZONE,
      weekends: values.BROADSHEET_EDITION_WEEKENDS,
      size: values.BROADSHEET_EDITION_SIZE,
      categories: values.BROADSHEET_EDITION_CATEGORIES,
    },
    submit: {
      perDay: Object.fromEntries(
        Object.entries(values.BROADSHEET_SUBMIT_PER_DAY).map(([role, most]) => [role, Number(most)]),
      ),
      review: values.BROADSHEET_SUBMIT_REVIEW === 'on',
    },
    rates: values.BROADSHEET_RATES,
    newAccounts: values.BROADSHEET_NEW_ACCOUNTS,
    mailUrl: values.BROADSHEET_MAIL_URL,
    mailFrom: values.BROADSHEET_MAIL_FROM,
    dkim: dkimOf(values.BROADSHEET_MAIL_DKIM, values.BROADSHEET_MAIL_DKIM_KEY),
    mailPerMinute: values.BROADSHEET_MAIL_PER_MINUTE,
    bounceUrl: values.BROADSHEET_BOUNCE_URL,
    bounceKey: values.BROADSHEET_BOUNCE_KEY,
    operatorMail: values.BROADSHEET_OPERATOR_MAIL,
  });
};

/** Every setting with its present value, for people: passwords and keys are masked. */
export const describeConfig = (
  env: Environment = process.env,
): readonly { readonly name: string; readonly value: string; readonly from: string; readonly says: string }[] => {
  readConfig(env);
  return Object.entries(SETTINGS).map(([name, { fallback, says }]) => {
    const text = written(env, name, []);
    const from = text === undefined ? 'default' : env[name] ? 'environment' : `file ${env[`${name}_FILE`]}`;
    return { name, value: masked(name, text ?? fallback), from, says };
  });
};

/** `docs/configuration.md`, made from the table. */
export const settingsDocument = (): string => {
  const rows = Object.entries(SETTINGS).map(
    ([name, { fallback, says }]) => `| \`${name}\` | ${fallback === '' ? '(empty)' : `\`${fallback}\``} | ${says} |`,
  );
  return `# Settings

Broadsheet reads its settings from the environment. None is required. Each has a twin ending in \`_FILE\` that names a
file to read the value from, e.g. \`BROADSHEET_DATABASE_URL_FILE=/run/secrets/database\`. An empty variable counts as
not set. All mistakes are reported at once, and nothing starts while there is one. \`./broadsheet config\` shows what
each is now and where that comes from.

| setting | default | what it does |
|---|---|---|
${rows.join('\n')}

This page is made by \`npm run docs\` from \`src/config.ts\`.
`;
};
