import type { RenderDigest } from '../model/digest.ts';
import { digestHtml } from './digest-html.ts';
import { digestText } from './digest-text.ts';

/** A digest as a mail: HTML and plain text of the same value, in the same order. */
export const renderDigest: RenderDigest = (digest, links) => ({
  subject: digest.title,
  html: digestHtml(digest, links),
  text: digestText(digest, links),
});
