/**
 * Python's pickle format, of data alone: what numbers, texts, containers and tensors in files of PyTorch need of
 * protocols 2 to 5 (Python's `pickletools.py` has the opcodes). A pickle is a program: it names functions and calls
 * them. Here only those of a given vocabulary can be named, and nothing else is ever called.
 */
import { BadPickle, PickleBytes } from './pickle-bytes.ts';

/** The pickle asks for something of Python's that is not in the vocabulary. */
export class RefusedGlobal extends BadPickle {
  override readonly name = 'RefusedGlobal';
  /** For example `os.system`. */
  readonly global: string;

  constructor(global: string) {
    super(`asks for ${global}, and only tensors are read`);
    this.global = global;
  }
}

export interface Vocabulary {
  /** By `module.name`: a function that may be called, or a value that only stands for something. */
  readonly globals: ReadonlyMap<string, unknown>;
  /** What is stored outside of the pickle under this id. */
  persistent(id: unknown): unknown;
}

/**
 * Reads one pickle: dictionaries as `Map`, lists and tuples as arrays, None as null, integers above 2⁵³ as bigint.
 *
 * @returns its value, and where the bytes after it begin
 * @throws BadPickle, RefusedGlobal, and what the vocabulary's functions throw
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  vocabulary: Vocabulary,
): { value: unknown; end: number } {
  const program = new PickleBytes(bytes, start);
  const machine = new Machine(program, vocabulary);
  while (!machine.step());
  return { value: machine.pop(), end: program.at };
}

class Machine {
  private readonly bytes: PickleBytes;
  private readonly vocabulary: Vocabulary;
  private readonly stack: unknown[] = [];
  /** Heights of the stack at the marks that are open. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, unknown>();

  constructor(bytes: PickleBytes, vocabulary: Vocabulary) {
    this.bytes = bytes;
    this.vocabulary = vocabulary;
  }

  /** Carries out one instruction; true after the last. Each takes a byte at least, so that there is an end. */
  step(): boolean {
    const opcode = this.bytes.unsigned(1);
    switch (opcode) {
      case 0x80: // PROTO
        if (this.bytes.unsigned(1) > 5) throw new BadPickle('its protocol is unknown');
        break;
      case 0x95: // FRAME: how many bytes to read ahead
        this.bytes.take(8);
        break;
      case 0x2e: // STOP
        return true;

      case 0x4e: // NONE
        this.push(null);
        break;
      case 0x88: // NEWTRUE
        this.push(true);
        break;
      case 0x89: // NEWFALSE
        this.push(false);
        break;
      case 0x4a: // BININT
        this.push(this.bytes.int32());
        break;
      case 0x4b: // BININT1
        this.push(this.bytes.unsigned(1));
        break;
      case 0x4d: // BININT2
        this.push(this.bytes.unsigned(2));
        break;
      case 0x8a: // LONG1
        this.push(this.bytes.long(this.bytes.unsigned(1)));
        break;
      case 0x47: // BINFLOAT
        this.push(this.bytes.float64());
        break;
      case 0x58: // BINUNICODE
        this.push(this.bytes.text(this.bytes.unsigned(4)));
        break;
      case 0x8c: // SHORT_BINUNICODE
        this.push(this.bytes.text(this.bytes.unsigned(1)));
        break;

      case 0x28: // MARK
        this.marks.push(this.stack.length);
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        this.push([]);
        break;
      case 0x7d: // EMPTY_DICT
        this.push(new Map());
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.push(this.popMany(opcode - 0x84));
        break;
      case 0x74: // TUPLE
        this.push(this.sinceMark());
        break;
      case 0x61: // APPEND
        this.append(this.popMany(1));
        break;
      case 0x65: // APPENDS
        this.append(this.sinceMark());
        break;
      case 0x73: // SETITEM
        this.setItems(this.popMany(2));
        break;
      case 0x75: // SETITEMS
        this.setItems(this.sinceMark());
        break;

      case 0x71: // BINPUT
        this.memo.set(this.bytes.unsigned(1), this.top());
        break;
      case 0x72: // LONG_BINPUT
        this.memo.set(this.bytes.unsigned(4), this.top());
        break;
      case 0x94: // MEMOIZE
        this.memo.set(this.memo.size, this.top());
        break;
      case 0x68: // BINGET
        this.push(this.remembered(this.bytes.unsigned(1)));
        break;
      case 0x6a: // LONG_BINGET
        this.push(this.remembered(this.bytes.unsigned(4)));
        break;

      case 0x63: // GLOBAL
        this.push(this.global(this.bytes.line(), this.bytes.line()));
        break;
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.popMany(2);
        this.push(this.global(module, name));
        break;
      }
      case 0x52: // REDUCE
        this.call();
        break;
      case 0x62: // BUILD: attributes of an OrderedDict (a state dict's `_metadata`), of no use here
        this.pop();
        if (!(this.top() instanceof Map)) throw new BadPickle('gives attributes to something that has none');
        break;
      case 0x51: // BINPERSID
        this.push(this.vocabulary.persistent(this.pop()));
        break;

      default:
        throw new BadPickle(
          `has opcode 0x${opcode.toString(16).padStart(2, '0')} at byte ${this.bytes.at - 1}, which no tensors need`,
        );
    }
    return false;
  }

  pop(): unknown {
    return this.popMany(1)[0];
  }

  private push(value: unknown): void {
    this.stack.push(value);
  }

  private top(): unknown {
    const value = this.pop();
    this.push(value);
    return value;
  }

  private popMany(count: number): unknown[] {
    if (this.stack.length - count < (this.marks.at(-1) ?? 0))
      throw new BadPickle(`takes more than there is, at byte ${this.bytes.at - 1}`);
    return this.stack.splice(this.stack.length - count);
  }

  private sinceMark(): unknown[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw new BadPickle(`has no mark at byte ${this.bytes.at - 1}`);
    return this.stack.splice(mark);
  }

  private append(items: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw new BadPickle('appends to something that is no list');
    for (const item of items) list.push(item);
  }

  private setItems(items: readonly unknown[]): void {
    const map = this.top();
    if (!(map instanceof Map) || items.length % 2 !== 0)
      throw new BadPickle('sets items of something that is no dictionary');
    for (let k = 0; k < items.length; k += 2) map.set(items[k], items[k + 1]);
  }

  private remembered(key: number): unknown {
    if (!this.memo.has(key)) throw new BadPickle(`recalls ${key}, which it has not memorised`);
    return this.memo.get(key);
  }

  private global(module: unknown, name: unknown): unknown {
    const global = `${String(module)}.${String(name)}`;
    if (!this.vocabulary.globals.has(global)) throw new RefusedGlobal(global);
    return this.vocabulary.globals.get(global);
  }

  private call(): void {
    const [callee, values] = this.popMany(2);
    if (typeof callee !== 'function' || !Array.isArray(values))
      throw new BadPickle('calls something that is no function');
    this.push((callee as (...values: unknown[]) => unknown)(...(values as unknown[])));
  }
}
