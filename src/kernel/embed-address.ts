/** An embedder elsewhere, as `BROADSHEET_EMBED` names it. */
export interface EmbedAddress {
  readonly protocol: 'openai' | 'ollama' | 'tei';
  /** Base address without a slash at its end; no parameters. */
  readonly url: string;
  /** Name of the model as that server knows it; empty where it serves only one. */
  readonly model: string;
}

/** The parts of `ollama+http://localhost:11434?model=nomic-embed-text`; a string says what is wrong. */
export const embedAddress = (text: string): EmbedAddress | string => {
  const [, protocol, address = ''] = /^(openai|ollama|tei)\+(https?:\/\/.+)$/i.exec(text) ?? [];
  const url = URL.parse(address);
  if (protocol === undefined || url === null)
    return 'neither auto nor off, nor an address that begins with openai+http://, ollama+http:// or tei+http:// (or https)';
  if (url.username !== '' || url.password !== '') return 'keys are set with BROADSHEET_EMBED_KEY, not in the address';
  const odd = [...url.searchParams.keys()].find((name) => name !== 'model');
  if (odd !== undefined) return `the address has the parameter “${odd}”; only model is known`;
  const kind = protocol.toLowerCase() as EmbedAddress['protocol'];
  const model = (url.searchParams.get('model') ?? '').trim();
  if (!/^[\x21-\x7e]{0,120}$/.test(model)) return 'the name of the model has characters that are not plain';
  if (model === '' && kind !== 'tei') return 'the address must end in ?model=NAME';
  return { protocol: kind, url: `${url.origin}${url.pathname}`.replace(/\/+$/, ''), model };
};
