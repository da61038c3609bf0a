import { expect, test } from 'vitest';
import { Outbox } from '../../src/notebook/protocol/outbox.js';

/** Takes `limit` messages a turn, like ZeroMQ's sockets, and throws EBUSY for more. */
function limitedSocket(limit: number) {
  const sent: string[] = [];
  let room = limit;
  return {
    sent,
    send(frames: Buffer[]): Promise<void> {
      if (room === 0) throw Object.assign(new Error('busy'), { code: 'EBUSY' });
      room -= 1;
      sent.push(String(frames[0]));
      if (room > 0) return Promise.resolve();
      return new Promise((resolve) =>
        setImmediate(() => {
          room = limit;
          resolve();
        }),
      );
    },
  };
}

test('messages beyond what the socket takes in one turn arrive later, in order', async () => {
  const socket = limitedSocket(5);
  const outbox = new Outbox(socket);
  const texts = Array.from({ length: 23 }, (_, i) => String(i));
  for (const text of texts) outbox.send([Buffer.from(text)]);
  expect(socket.sent).toHaveLength(5);
  await outbox.flush();
  expect(socket.sent).toEqual(texts);
});

test('other errors are thrown', () => {
  const outbox = new Outbox({
    send: () => {
      throw new Error('closed');
    },
  });
  expect(() => outbox.send([])).toThrow('closed');
});
