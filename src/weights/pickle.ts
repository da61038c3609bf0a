/**
 * Reads Python's pickles, protocols 2 to 5, and executes nothing. A pickle is a program for a small stack machine, which in
 * Python can import any module and call anything in it. This machine has the instructions that build plain values; a
 * name is looked up in a table that the caller gives, and the only thing that can be "called" is a function of that table. All
 * else is refused by name. See Python's Lib/pickletools.py for what the instructions mean.
 */
import { PickleBytes } from './pickle-bytes.js';
import { type PickleContext, PickleMachine } from './pickle-machine.js';
import type { PickleValue } from './pickle-values.js';

/** Most instructions of a pickle; the largest models have a few hundred thousand. */
const mostInstructions = 2 ** 20;

/**
 * The value of the pickle that the bytes begin with, and its length.
 * @throws InputError naming the instruction, the global or the id that is refused, or the place where the bytes make no sense
 */
export function unpickle(bytes: Uint8Array, context: PickleContext): { value: PickleValue; length: number } {
  const machine = new PickleMachine(new PickleBytes(bytes, context.source), context);
  for (let count = 0; count < mostInstructions; count++) {
    const code = machine.bytes.unsigned(1);
    if (code === stop) return { value: machine.pop(), length: machine.bytes.place };
    const execute = instructions[code];
    if (execute === undefined) {
      const name = refusedNames[code] ?? `number ${code}`;
      throw machine.bytes.refusal(
        `has the pickle instruction ${name} at byte ${machine.bytes.place - 1}, which is refused`,
      );
    }
    execute(machine);
  }
  throw machine.bytes.refusal(`has a pickle of more than ${mostInstructions} instructions`);
}

const stop = 0x2e;

const instructions: Readonly<Record<number, (machine: PickleMachine) => void>> = {
  // PROTO
  128: (m) => {
    const version = m.bytes.unsigned(1);
    if (version < 2 || version > 5) throw m.damaged(`is a pickle of protocol ${version}; 2 to 5 can be read`);
  },
  // FRAME: how much Python reads ahead
  149: (m) => void m.bytes.take(8),
  // MARK, POP, POP_MARK, DUP
  40: (m) => m.mark(),
  48: (m) => void m.pop(),
  49: (m) => void m.sinceMark(),
  50: (m) => m.push(m.top()),
  // NONE, NEWTRUE, NEWFALSE
  78: (m) => m.push(null),
  136: (m) => m.push(true),
  137: (m) => m.push(false),
  // BININT, BININT1, BININT2, LONG1, LONG4, BINFLOAT
  74: (m) => m.push(m.bytes.signed32()),
  75: (m) => m.push(m.bytes.unsigned(1)),
  77: (m) => m.push(m.bytes.unsigned(2)),
  138: (m) => m.push(m.bytes.long(1)),
  139: (m) => m.push(m.bytes.long(4)),
  71: (m) => m.push(m.bytes.float64()),
  // SHORT_BINUNICODE, BINUNICODE, BINUNICODE8; SHORT_BINSTRING and BINSTRING of Python 2
  140: (m) => m.push(m.bytes.text(1)),
  88: (m) => m.push(m.bytes.text(4)),
  141: (m) => m.push(m.bytes.text(8)),
  85: (m) => m.push(m.bytes.text(1, 'latin1')),
  84: (m) => m.push(m.bytes.text(4, 'latin1')),
  // SHORT_BINBYTES, BINBYTES, BINBYTES8, BYTEARRAY8
  67: (m) => m.push(m.bytes.take(m.bytes.unsigned(1))),
  66: (m) => m.push(m.bytes.take(m.bytes.unsigned(4))),
  142: (m) => m.push(m.bytes.take(m.bytes.unsigned(8))),
  150: (m) => m.push(m.bytes.take(m.bytes.unsigned(8))),
  // EMPTY_LIST, APPEND, APPENDS
  93: (m) => m.push([]),
  97: (m) => m.append([m.pop()]),
  101: (m) => m.append(m.sinceMark()),
  // EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
  41: (m) => m.push([]),
  116: (m) => m.push(m.sinceMark()),
  133: (m) => m.push(m.several(1)),
  134: (m) => m.push(m.several(2)),
  135: (m) => m.push(m.several(3)),
  // EMPTY_DICT, SETITEM, SETITEMS
  125: (m) => m.push(new Map()),
  115: (m) => m.set(m.several(2)),
  117: (m) => m.set(m.sinceMark()),
  // EMPTY_SET, ADDITEMS, FROZENSET
  143: (m) => m.push(new Set()),
  144: (m) => m.add(m.sinceMark()),
  145: (m) => m.push(new Set(m.sinceMark())),
  // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
  113: (m) => m.remember(m.bytes.unsigned(1)),
  114: (m) => m.remember(m.bytes.unsigned(4)),
  148: (m) => m.remember(),
  104: (m) => m.recall(m.bytes.unsigned(1)),
  106: (m) => m.recall(m.bytes.unsigned(4)),
  // GLOBAL, STACK_GLOBAL
  99: (m) => m.global(m.bytes.line(), m.bytes.line()),
  147: (m) => {
    const [module, name] = m.several(2);
    if (typeof module !== 'string' || typeof name !== 'string') throw m.damaged('has a name that is no text');
    m.global(module, name);
  },
  // REDUCE, NEWOBJ, NEWOBJ_EX, BUILD, BINPERSID
  82: (m) => {
    const [callable, args] = m.several(2);
    m.push(m.call(callable!, args!));
  },
  129: (m) => m.create(m.several(2)[0]!),
  146: (m) => m.create(m.several(3)[0]!),
  98: (m) => m.build(),
  81: (m) => m.persistent(),
};

/** Instructions that state dicts do without. */
const refusedNames: Readonly<Record<number, string>> = {
  70: 'FLOAT',
  73: 'INT',
  76: 'LONG',
  80: 'PERSID',
  83: 'STRING',
  86: 'UNICODE',
  100: 'DICT',
  103: 'GET',
  105: 'INST',
  108: 'LIST',
  111: 'OBJ',
  112: 'PUT',
  130: 'EXT1',
  131: 'EXT2',
  132: 'EXT4',
  151: 'NEXT_BUFFER',
  152: 'READONLY_BUFFER',
};
