import { createHash } from 'node:crypto';
import { SECURITY_HEADERS } from './guard-headers.ts';

/**
 * The room that labs run in: a frame of an origin of its own (sandboxed without `allow-same-origin`), which may load nothing from
 * anywhere, with workers made of code that the page hands in. Workers inherit the frame's policy: no network, no storage, no
 * cookies, no way to the page but messages. It relays; the page ends a worker, or the frame with all of them.
 */
const SCRIPT = `'use strict';
const lanes = new Map();
let url = null;
addEventListener('message', (event) => {
  if (event.source !== parent) return;
  const { t, lane, code, wish } = event.data;
  if (t === 'code') url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  else if (t === 'open') {
    const worker = new Worker(url);
    const say = (said) => parent.postMessage({ lane, said }, '*');
    worker.onmessage = ({ data }) => say(data);
    worker.onerror = (wrong) => say({ t: 'failed', error: wrong.message || 'The worker broke.' });
    lanes.set(lane, worker);
  } else if (t === 'ask') lanes.get(lane)?.postMessage(wish);
  else if (t === 'close') {
    lanes.get(lane)?.terminate();
    lanes.delete(lane);
  }
});
parent.postMessage({ t: 'ready' }, '*');
`;

const hash = createHash('sha256').update(SCRIPT).digest('base64');

export const LAB_FRAME = `<!doctype html><html lang="en"><title>Lab</title><script>${SCRIPT}</script></html>`;

/** `wasm-unsafe-eval` lets WebAssembly be compiled, and nothing else be evaluated. */
export const LAB_FRAME_HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  'content-security-policy': [
    "default-src 'none'",
    `script-src 'sha256-${hash}' 'wasm-unsafe-eval'`,
    'worker-src blob:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    'sandbox allow-scripts',
  ].join('; '),
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'public, max-age=3600',
};

/** The page that holds the room may show this frame, and is otherwise as strict as every other. */
export const withLabFrame = (headers: Headers): void => {
  const policy = SECURITY_HEADERS['content-security-policy'] ?? '';
  headers.set('content-security-policy', `${policy}; frame-src 'self'`);
};
