import { SLACK_PATH } from './accounts.ts';
import { type Answer, isObject, objectIn, retryAfter, titleIn, type Vendor } from './vendor.ts';

// https://docs.slack.dev/reference/block-kit/blocks and /messaging: what a message may hold.
const MAX_TEXT = 40_000;
const MAX_BLOCKS = 50;
const WORDS: Record<number, string> = {
  403: 'action_prohibited',
  404: 'no_service',
  410: 'channel_is_archived',
  429: 'rate_limited',
};

/** Slack's incoming webhooks. */
export const slack: Vendor = {
  maxBytes: 1024 * 1024,
  handles: (path) => path.startsWith('/slack/services/'),
  judge({ url, body }) {
    if (url.pathname !== SLACK_PATH) return { refused: word(404, 'no_service') };
    const message = objectIn(body);
    if (!message) return { refused: word(400, 'invalid_payload') };
    const { text = '', blocks = [] } = message;
    if (typeof text !== 'string' || !Array.isArray(blocks)) return { refused: word(400, 'invalid_payload') };
    if (text === '' && blocks.length === 0) return { refused: word(400, 'no_text') };
    if (text.length > MAX_TEXT) return { refused: word(400, 'msg_too_long') };
    if (blocks.length > MAX_BLOCKS || !blocks.every(isBlock)) return { refused: word(400, 'invalid_blocks') };
    return {
      arrival: { kind: 'slack', to: url.pathname, ...titleIn(unescaped(text)), key: undefined, content: message },
      answer: { status: 200, body: 'ok' },
    };
  },
  refusal(fault) {
    const { status, code = WORDS[status] ?? 'service_unavailable' } = fault;
    return { ...word(status, code), headers: retryAfter(fault) };
  },
};

const word = (status: number, body: string): Answer => ({ status, body });

function isBlock(block: unknown): boolean {
  if (!isObject(block)) return false;
  switch (block.type) {
    case 'header':
      return isText(block.text, 150) && isObject(block.text) && block.text.type === 'plain_text';
    case 'section':
      return block.fields === undefined ? isText(block.text, 3_000) : areTexts(block.fields, 10, 2_000);
    case 'context':
      return areTexts(block.elements, 10, 2_000);
    case 'divider':
      return true;
    default:
      return false;
  }
}

function areTexts(value: unknown, max: number, maxLength: number): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.length <= max && value.every((each) => isText(each, maxLength))
  );
}

function isText(value: unknown, maxLength: number): boolean {
  if (!isObject(value) || (value.type !== 'plain_text' && value.type !== 'mrkdwn')) return false;
  return typeof value.text === 'string' && value.text.length > 0 && value.text.length <= maxLength;
}

/** Slack's three entities, as it shows them. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
