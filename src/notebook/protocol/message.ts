import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** An object of JSON, by name. */
export type JsonObject = { readonly [key: string]: Json };

export interface MessageHeader {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

/** One message of the Jupyter wire protocol 5.3. */
export interface Message {
  /** ZeroMQ routing prefix: whom a router answers, or a publisher's topic. */
  readonly identities: readonly Buffer[];
  readonly header: MessageHeader;
  /** Header of the request this message belongs to; empty in a request. */
  readonly parent: Partial<MessageHeader>;
  readonly metadata: JsonObject;
  readonly content: JsonObject;
}

const delimiter = Buffer.from('<IDS|MSG>');

/** A new message of `type`, an answer to `parent` if one is given. */
export function createMessage(type: string, content: JsonObject, session: string, parent?: Message): Message {
  return {
    identities: parent?.identities ?? [],
    header: {
      msg_id: randomUUID(),
      msg_type: type,
      session,
      username: 'dcl-lab',
      date: new Date().toISOString(),
      version: '5.3',
    },
    parent: parent?.header ?? {},
    metadata: {},
    content,
  };
}

/** The frames of a message, signed with `key` (HMAC-SHA256; an empty key signs nothing). */
export function encodeMessage(message: Message, key: string): Buffer[] {
  const parts = [message.header, message.parent, message.metadata, message.content].map((part) =>
    Buffer.from(JSON.stringify(part)),
  );
  return [...message.identities, delimiter, Buffer.from(sign(parts, key)), ...parts];
}

/** @throws Error when the frames are no Jupyter message or their signature is not of `key` */
export function decodeMessage(frames: readonly Buffer[], key: string): Message {
  const start = frames.findIndex((frame) => frame.equals(delimiter));
  const [signature, ...parts] = frames.slice(start + 1, start + 6);
  if (start < 0 || signature === undefined || parts.length < 4) throw new Error('not a Jupyter message');
  const expected = Buffer.from(sign(parts, key));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new Error('the signature of a Jupyter message does not match its key');
  }
  const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString()));
  return { identities: frames.slice(0, start), header, parent, metadata, content };
}

function sign(parts: readonly Buffer[], key: string): string {
  if (key === '') return '';
  const hash = createHmac('sha256', key);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
