/** Files that nobody's training wrote: what must happen is an InputError that names the reason, and nothing else. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { open, type PyTorchOptions } from '../../src/weights/index.js';
import { goldenFile } from './golden-file.js';
import { bytesOf, global, int, long, op, pickle, recall, tensor, text, tuple } from './pickle-builder.js';
import { type ZipEntry, zipOf } from './zip-builder.js';

let folder: string;
/** What the payloads would leave behind if anything in them were executed. */
let trace: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-hostile-'));
  trace = join(folder, 'executed');
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function saved(bytes: Uint8Array): Promise<string> {
  files += 1;
  const path = join(folder, `${files}.pth`);
  await writeFile(path, bytes);
  return path;
}

const zipped = (data: Uint8Array, ...more: readonly ZipEntry[]) =>
  zipOf([{ name: 'archive/data.pkl', bytes: data }, ...more]);

/** Opens a file and reads all of it. */
async function readAll(path: string, options?: PyTorchOptions): Promise<string[]> {
  const file = await open(path, options);
  try {
    for (const name of file.tensors.keys()) await file.read(name);
    return [...file.tensors.keys()];
  } finally {
    await file.close();
  }
}

async function expectRefused(bytes: Uint8Array, reason: RegExp, options?: PyTorchOptions): Promise<void> {
  const path = await saved(bytes);
  const error = await readAll(path, options).then(
    () => new Error('it was read'),
    (thrown: Error) => thrown,
  );
  expect(error.message).toMatch(reason);
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toContain(path);
}

describe('a pickle that calls', () => {
  const command = () => text(`touch ${trace}`);
  const system = () => bytesOf(global('posix', 'system'), tuple(command()), op.REDUCE);

  test.each<[string, () => Buffer, RegExp, RegExp | 'inert']>([
    ['os.system by GLOBAL and REDUCE', () => pickle(system()), /refers to posix.system/, 'inert'],
    [
      'builtins.eval by STACK_GLOBAL',
      () => pickle(text('builtins'), text('eval'), op.STACK_GLOBAL, tuple(command()), op.REDUCE),
      /refers to builtins.eval/,
      'inert',
    ],
    [
      'subprocess.Popen by NEWOBJ',
      () => pickle(global('subprocess', 'Popen'), tuple(command()), op.NEWOBJ),
      /refers to subprocess.Popen/,
      'inert',
    ],
    [
      'a __setstate__ by BUILD',
      () => pickle(global('module', 'Class'), op.EMPTY_TUPLE, op.NEWOBJ, op.EMPTY_DICT, op.BUILD),
      /refers to module.Class/,
      'inert',
    ],
    [
      'os.system by INST',
      () => pickle(op.MARK, command(), 'i', 'os\nsystem\n'),
      /instruction INST/,
      /instruction INST/,
    ],
    [
      'os.system by OBJ',
      () => pickle(op.MARK, global('os', 'system'), command(), op.OBJ),
      /refers to os.system/,
      /instruction OBJ/,
    ],
    ['a registered extension', () => pickle(0x82, 1), /instruction EXT1/, /instruction EXT1/],
    [
      'a module outside',
      () => pickle(tuple(text('module'), text('x')), op.BINPERSID),
      /refers to a list of "module","x" outside/,
      /refers to a list of "module","x" outside/,
    ],
    ['by a text id', () => pickle('Pmodule\n'), /instruction PERSID/, /instruction PERSID/],
    [
      'a name hidden in a known one',
      () => pickle(text('torch'), text('_utils._rebuild_tensor_v2.__globals__'), op.STACK_GLOBAL),
      /refers to torch._utils._rebuild_tensor_v2.__globals__/,
      'inert',
    ],
    [
      'a property of every object here',
      () => pickle(global('constructor', 'constructor'), op.EMPTY_TUPLE, op.REDUCE),
      /refers to constructor.constructor/,
      'inert',
    ],
    [
      'what is no function',
      () => pickle(text('x'), op.EMPTY_TUPLE, op.REDUCE),
      /calls "x", which is no function/,
      /calls "x", which is no function/,
    ],
    [
      'a type',
      () => pickle(global('torch', 'float32'), op.EMPTY_TUPLE, op.REDUCE),
      /calls float32/,
      /calls float32/,
    ],
    [
      'a known function as a class',
      () => pickle(global('torch', 'Size'), op.EMPTY_TUPLE, op.NEWOBJ),
      /makes an object of torch.Size/,
      /makes an object of torch.Size/,
    ],
    [
      'the state of a list',
      () => pickle(op.EMPTY_LIST, op.EMPTY_DICT, op.BUILD),
      /sets the state of a list/,
      /sets the state of a list/,
    ],
  ])('%s is refused, or is inert', async (_, payload, reason, ignored) => {
    await expectRefused(zipped(payload()), reason);
    const legacy = bytesOf(
      pickle([0x8a, 10], [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]),
      pickle(int(1001)),
      pickle(op.EMPTY_DICT),
    );
    await expectRefused(bytesOf(legacy, payload()), reason);
    if (ignored !== 'inert') await expectRefused(zipped(payload()), ignored, { unknown: 'ignore' });
    else expect(await readAll(await saved(zipped(payload())), { unknown: 'ignore' })).toEqual([]);
    expect(existsSync(trace)).toBe(false);
  });

  test('beside a tensor, what is ignored leaves the tensor as it is and becomes none', async () => {
    const data = pickle(
      ...[op.EMPTY_DICT, text('payload'), system(), op.SETITEM],
      ...[text('weight'), tensor(2, int(0), [int(2)], [int(1)]), op.SETITEM],
      // The payload as a container: what it is given goes nowhere.
      ...[text('hidden'), system(), text('x'), tensor(2, int(0), [int(2)], [int(1)]), op.SETITEM, op.SETITEM],
    );
    const path = await saved(zipped(data, { name: 'archive/data/0', bytes: new Uint8Array(8) }));
    expect(await readAll(path, { unknown: 'ignore' })).toEqual(['weight']);
    expect(existsSync(trace)).toBe(false);
  });
});

describe('a broken pickle', () => {
  const nested = (depth: number) =>
    bytesOf(
      ...Array.from({ length: depth }, () => op.EMPTY_LIST),
      ...Array.from({ length: depth - 1 }, () => op.APPEND),
    );
  /** A list of ten times the last list, and so on: short, but endless to walk through. */
  const laughs = () => {
    const levels = Array.from({ length: 30 }, (_, level) => [
      ...[op.EMPTY_LIST, op.MEMOIZE, op.MARK],
      ...Array.from({ length: 10 }, () => (level === 0 ? op.NONE : recall(level - 1))),
      0x65,
    ]).flat();
    return pickle(...levels);
  };

  test.each<[string, () => Buffer, RegExp]>([
    [
      'recalls what it never remembered',
      () => pickle(recall(7)),
      /recalls value 7, which was never remembered/,
    ],
    ['takes from an empty stack', () => pickle(op.TUPLE1), /takes a value from an empty stack/],
    ['closes a mark that was never set', () => pickle(op.TUPLE), /closes a mark that was never set/],
    ['stops with nothing', () => pickle(), /takes a value from an empty stack/],
    ['never stops', () => bytesOf(op.PROTO, op.NONE), /cut short or damaged/],
    ['is of protocol 0', () => bytesOf([0x80, 0], op.NONE, op.STOP), /a pickle of protocol 0/],
    ['has an instruction that is none', () => pickle(0xff), /instruction number 255 at byte 2/],
    [
      'announces a whole number of 2 GB',
      () => pickle(long(2 ** 31 - 1)),
      /a whole number of 2147483647 bytes/,
    ],
    [
      'announces bytes of 16 EB',
      () => pickle(0x8e, Array(8).fill(0xff)),
      /more bytes are announced, 1 are left/,
    ],
    [
      'announces text of 4 GB',
      () => pickle(0x58, Array(4).fill(0xff)),
      /4294967295 more bytes are announced/,
    ],
    ['has a name without an end', () => pickle('c', 'a'.repeat(300)), /a name without an end/],
    [
      'has a name that is a number',
      () => pickle(int(1), text('x'), op.STACK_GLOBAL),
      /a name that is no text/,
    ],
    [
      'holds itself',
      () => pickle(op.EMPTY_LIST, op.MEMOIZE, recall(0), op.APPEND),
      /a container within itself/,
    ],
    [
      'is nested too deep',
      () => pickle(nested(200)),
      /a container within itself, one nested more than 64 deep/,
    ],
    ['lists endlessly', laughs, /more than 1048576 values/],
    ['has a million marks', () => pickle(Buffer.alloc(2 ** 20, op.MARK)), /more than 1000 open marks/],
    [
      'has too many instructions',
      () => pickle(Buffer.alloc(2 ** 20 + 1, op.EMPTY_DICT)),
      /more than 1048576 instructions/,
    ],
    [
      'sets a key without a value',
      () => pickle(op.EMPTY_DICT, op.MARK, text('x'), op.SETITEMS),
      /a key without a value/,
    ],
    [
      'sets an entry of a list',
      () => pickle(op.EMPTY_LIST, text('x'), op.NONE, op.SETITEM),
      /an entry of something that is no dict/,
    ],
    ['appends to a number', () => pickle(int(1), op.NONE, op.APPEND), /appends to something that is no list/],
    [
      'makes a set of a number',
      () => pickle(global('builtins', 'set'), tuple(int(3)), op.REDUCE),
      /a set that is not made of a list/,
    ],
    [
      'makes a dict of a number',
      () => pickle(global('collections', 'OrderedDict'), tuple(int(3)), op.REDUCE),
      /an OrderedDict that is not made of pairs/,
    ],
    [
      'has two tensors of one name',
      () => {
        const one = tensor(1, int(0), [], []);
        return pickle(op.EMPTY_DICT, text('0'), one, op.SETITEM, int(0), one, op.SETITEM);
      },
      /two tensors 0/,
    ],
  ])('that %s is refused', async (_, data, reason) => {
    await expectRefused(zipped(data()), reason);
    await expectRefused(zipped(data()), reason, { unknown: 'ignore' });
  });
});

describe('a tensor', () => {
  test.each<[string, () => Buffer, RegExp]>([
    [
      'that begins beyond its storage',
      () => tensor(4, int(4), [int(1)], [int(1)]),
      /reaches to element 5 of a storage of 4/,
    ],
    [
      'that ends beyond its storage',
      () => tensor(4, int(0), [int(2), int(2)], [int(4), int(1)]),
      /reaches to element 6 of/,
    ],
    ['with a negative stride', () => tensor(4, int(3), [int(4)], [int(-1)]), /strides \[\?\]/],
    ['with a negative offset', () => tensor(4, int(-1), [int(1)], [int(1)]), /offset -1/],
    ['with a stride missing', () => tensor(4, int(0), [int(2), int(2)], [int(1)]), /a stride for each size/],
    [
      'with a size beyond 2^53',
      () => tensor(4, int(0), [long(8, Array(8).fill(0x7f))], [int(1)]),
      /whole numbers of at least 0/,
    ],
    [
      'whose sizes overflow when multiplied',
      () =>
        tensor(
          4,
          int(0),
          Array(3).fill(long(6, Array(6).fill(0x7f))),
          Array(3).fill(long(6, Array(6).fill(0x7f))),
        ),
      /reaches to element .*e\+\d+ of a storage of 4/,
    ],
    [
      'of more axes than any',
      () => tensor(4, int(0), Array(40).fill(int(1)), Array(40).fill(int(1))),
      /40 axes/,
    ],
    [
      'that repeats one value endlessly',
      () => tensor(4, int(0), [int(2 ** 30)], [int(0)]),
      /repeats the values of a storage of 16 bytes/,
    ],
    [
      'whose storage is missing',
      () => tensor(5, int(0), [int(1)], [int(1)]),
      /has 16 bytes in archive\/data\/0, where its pickle announces 20/,
    ],
    [
      'whose storage claims terabytes',
      () => tensor(2 ** 31 - 1, int(0), [int(2 ** 31 - 1)], [int(1)]),
      /announces 8589934588/,
    ],
    [
      'whose storage has a negative size',
      () => tensor(-1, int(0), [int(1)], [int(1)]),
      /a storage without type, key or size/,
    ],
  ])('%s is refused', async (_, parts, reason) => {
    await expectRefused(
      zipped(pickle(parts()), { name: 'archive/data/0', bytes: new Uint8Array(16) }),
      reason,
    );
  });

  test('that keeps to its storage is read', async () => {
    const data = pickle(tensor(4, int(0), [int(2), int(2)], [int(1), int(2)]));
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    const file = await open(await saved(zipped(data, { name: 'archive/data/0', bytes, deflate: true })));
    expect(await file.read('')).toEqual({ shape: [2, 2], values: Float32Array.of(1, 3, 2, 4) });
    await file.close();
  });

  test('without a checksum is read, as torch.save can leave it out', async () => {
    const data = pickle(tensor(1, int(0), [int(1)], [int(1)]));
    const bytes = new Uint8Array(4);
    const entries = [
      { name: 'archive/data.pkl', bytes: data, claims: { crc: 0 } },
      { name: 'archive/data/0', bytes, claims: { crc: 0 } },
    ];
    expect(await readAll(await saved(zipOf(entries)))).toEqual(['']);
  });

  test('of a big-endian system is read', async () => {
    const bytes = Buffer.alloc(8);
    bytes.writeFloatBE(1.5, 0);
    bytes.writeFloatBE(-2, 4);
    const data = pickle(tensor(2, int(0), [int(2)], [int(1)]));
    const order = { name: 'archive/byteorder', bytes: Buffer.from('big') };
    const file = await open(await saved(zipped(data, { name: 'archive/data/0', bytes }, order)));
    expect([...(await file.read('')).values]).toEqual([1.5, -2]);
    await file.close();
  });
});

describe('a zip archive', () => {
  const empty = { name: 'archive/data.pkl', bytes: pickle(op.EMPTY_DICT) };
  const storage = (entry: Partial<ZipEntry>) =>
    zipped(pickle(tensor(2 ** 21, int(0), [int(4)], [int(1)])), {
      name: 'archive/data/0',
      bytes: new Uint8Array(2 ** 23),
      ...entry,
    });

  test.each<[string, () => Buffer, RegExp]>([
    [
      'with a path that leaves its folder',
      () => zipOf([empty, { name: '../../etc/passwd', bytes: new Uint8Array(1) }]),
      /invalid relative path: \.\.\/\.\./,
    ],
    [
      'with an absolute path',
      () => zipOf([empty, { name: '/etc/passwd', bytes: new Uint8Array(1) }]),
      /absolute path: \/etc\/passwd/,
    ],
    ['with one entry twice', () => zipOf([empty, empty]), /two entries archive\/data.pkl/],
    [
      'without a pickle',
      () => zipOf([{ name: 'photo.jpg', bytes: new Uint8Array(9) }]),
      /has 0 entries data.pkl/,
    ],
    ['without entries', () => zipOf([]), /has 0 entries data.pkl/],
    [
      'of TorchScript',
      () => zipOf([empty, { name: 'archive/code/model.py', bytes: new Uint8Array(1) }]),
      /TorchScript/,
    ],
    [
      'with a pickle of gigabytes',
      () => zipOf([{ ...empty, deflate: true, claims: { size: 2 ** 31 } }]),
      /a pickle of 2147483648 bytes/,
    ],
    [
      'with an entry that inflates a thousand times',
      () => storage({ deflate: true }),
      /claims to inflate from \d+ to 8388608 bytes/,
    ],
    [
      'with an entry that holds less than it claims',
      () => zipOf([{ ...empty, deflate: true, claims: { size: 900 } }]),
      /not enough bytes/,
    ],
    [
      'with an entry that holds more than it claims',
      () =>
        zipOf([
          { name: 'archive/data.pkl', bytes: new Uint8Array(2 ** 20), deflate: true, claims: { size: 90 } },
        ]),
      /too many bytes/,
    ],
    [
      'with an entry of another method',
      () => zipOf([{ ...empty, claims: { method: 12 } }]),
      /compression method/,
    ],
    [
      'with another checksum',
      () => zipOf([{ ...empty, claims: { crc: 1 } }]),
      /the checksum of its entry archive\/data.pkl/,
    ],
  ])('%s is refused', async (_, bytes, reason) => {
    await expectRefused(bytes(), reason);
  });
});

describe('any change of a good file', () => {
  /** The pickle in an archive of its own, so that no checksum gives the change away. */
  const pickleOf = (archive: Buffer) => {
    const start = archive.indexOf(bytesOf([0x80, 2, 0x7d]));
    return archive.subarray(start, archive.indexOf('PK', start));
  };

  test.each<[string, string, (file: Buffer) => Buffer, (changed: Buffer) => Buffer, number]>([
    ['an archive', 'views.pth', (file) => file, (changed) => changed, 100],
    ['a file before 1.6', 'views-legacy-2.pth', (file) => file, (changed) => changed, 300],
    ['the pickle of an archive', 'views.pth', pickleOf, (changed) => zipped(changed), 300],
  ])('%s is read or refused by an InputError', async (_, name, part, whole, runs) => {
    const good = part(await readFile(goldenFile(name)));
    const path = join(folder, `changed-${name}`);
    const place = fc.nat({ max: good.length - 1 });
    const change = fc.record({
      from: place,
      bytes: fc.uint8Array({ maxLength: 4 }),
      replaced: fc.nat({ max: 4 }),
    });
    const changes = fc.array(change, { minLength: 1, maxLength: 4 });
    const kept = fc.oneof(fc.constant(good.length), place);
    await fc.assert(
      fc.asyncProperty(changes, kept, fc.boolean(), async (edits, length, ignore) => {
        let bytes: Buffer = good;
        for (const { from, bytes: inserted, replaced } of edits) {
          bytes = bytesOf(bytes.subarray(0, from), inserted, bytes.subarray(from + replaced));
        }
        await writeFile(path, whole(bytes.subarray(0, length)));
        try {
          await readAll(path, { unknown: ignore ? 'ignore' : 'refuse' });
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: runs },
    );
    expect(process.memoryUsage().rss).toBeLessThan(2 ** 30);
  });

  test('the parts that are changed are those that are read', async () => {
    const data = pickleOf(await readFile(goldenFile('views.pth')));
    const file = await open(await saved(zipped(data)));
    expect(file.tensors.has('tensors.transposed')).toBe(true);
    await file.close();
  });
});
