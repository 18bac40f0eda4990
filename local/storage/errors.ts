import type { ServerResponse } from 'node:http';
import { sendJson } from './http.ts';

/** A refusal as the Cloud Storage JSON API words it. */
export class StorageError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** A refusal as the Cloud Storage XML API (and so a signed URL) words it. */
export class XmlError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, string>;

  constructor(status: number, code: string, message: string, details: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export const noSuchObject = (bucket: string, name: string) =>
  new StorageError(404, 'notFound', `No such object: ${bucket}/${name}`);

export const preconditionFailed = () =>
  new StorageError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');

/** https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export function sendStorageError(response: ServerResponse, { status, reason, message }: StorageError): void {
  if (status === 304) {
    response.writeHead(304).end();
    return;
  }
  sendJson(response, status, { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } });
}

/** https://cloud.google.com/storage/docs/xml-api/reference-status */
export function sendXmlError(response: ServerResponse, error: XmlError): void {
  const fields = { Code: error.code, Message: error.message, ...error.details };
  const inner = Object.entries(fields).map(([tag, text]) => `<${tag}>${escapeXml(text)}</${tag}>`);
  const xml = `<?xml version='1.0' encoding='UTF-8'?><Error>${inner.join('')}</Error>`;
  response.writeHead(error.status, {
    'Content-Type': 'application/xml; charset=UTF-8',
    'Content-Length': Buffer.byteLength(xml),
    'Access-Control-Allow-Origin': '*',
  });
  response.end(xml);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
