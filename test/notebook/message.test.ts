import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createMessage,
  decodeMessage,
  encodeMessage,
  type JsonObject,
} from '../../src/notebook/protocol/message.js';

test('a message is read back as it was written', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (content, key) => {
      const message = createMessage(
        'execute_request',
        JSON.parse(JSON.stringify(content)) as JsonObject,
        'session',
      );
      expect(decodeMessage(encodeMessage(message, key), key)).toEqual(message);
    }),
  );
});

test('a message with a changed content or another key is refused', () => {
  const frames = encodeMessage(createMessage('execute_request', { code: '1' }, 'session'), 'key');
  const changed = [...frames.slice(0, -1), Buffer.from('{"code":"2"}')];
  expect(() => decodeMessage(changed, 'key')).toThrow('signature');
  expect(() => decodeMessage(frames, 'other')).toThrow('signature');
});

test('an answer goes to who asked and names the request', () => {
  const request = {
    ...createMessage('execute_request', {}, 'session'),
    identities: [Buffer.from('front end')],
  };
  const reply = createMessage('execute_reply', {}, 'session', request);
  expect(reply.identities).toEqual(request.identities);
  expect(reply.parent.msg_id).toBe(request.header.msg_id);
});
