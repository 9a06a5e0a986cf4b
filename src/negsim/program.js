// The compiled program in a browser or in node: its memory, its tables and its entries.
//
// - The module imports nothing. What it looks like from outside is said once, by `negsim.kernel.interface()` in Python.
// - A group of tables, such as a Case, is a block of memory: a descriptor for each array, then the arrays.
// - A call may enlarge the memory, which ends every view of it: ask for `bytes` again after each call.

const PLACES = 8; // of 8 bytes, for what an entry returns
const OF_NUMBERS = { Floats: Float64Array, Ints: BigInt64Array, Stream: BigUint64Array };

/** @param {{ shape: number[] }} array */
const size = (array) => array.shape.reduce((product, length) => product * length, 1);
/** @param {number} address */
const aligned = (address) => Math.ceil(address / 16) * 16;

/** @param {BufferSource} module @param {Interface} description */
export async function open(module, description) {
  const { instance } = await WebAssembly.instantiate(module, {});
  const entries = /** @type {Exported} */ (instance.exports);
  entries._initialize();
  return new Program(entries, description);
}

export class Program {
  /** @param {Exported} entries @param {Interface} more */
  constructor(entries, { entries: signatures, tables, numbers }) {
    this.entries = entries;
    this.signatures = signatures;
    this.tables = tables;
    this.numbers = numbers;
    this.result = this.#allocate(8 * (PLACES + 1)); // what an entry returns, and a place for an error
  }

  /** Put a group of tables into memory. arrays: by name {shape, bytes}; without bytes, zeros.
   * @param {string} kind @param {Record<string, Content>} arrays */
  place(kind, arrays) {
    /** @type {Block} */ const group = { address: 0, arrays: {} };
    const heads = this.tables[kind].map(({ dimensions }) => 32 + 16 * dimensions);
    let end = aligned(heads.reduce((sum, bytes) => sum + bytes, 0));
    for (const { name, dimensions, itemsize } of this.tables[kind]) {
      const array = { shape: arrays[name].shape, itemsize, start: end };
      if (array.shape.length !== dimensions) throw new Error(`${kind}.${name}: ${dimensions} dimensions expected`);
      end = aligned(end + size(array) * itemsize);
      group.arrays[name] = array;
    }
    group.address = this.#allocate(end);
    new Uint8Array(this.entries.memory.buffer, group.address, end).fill(0);
    let head = group.address;
    Object.entries(group.arrays).forEach(([name, array], index) => {
      array.start += group.address;
      this.#describe(head, array);
      head += heads[index];
      const { bytes } = arrays[name];
      if (bytes) this.bytes(group, name).set(bytes);
    });
    return group;
  }

  /** Return the bytes of one array of a group, in memory. @param {Block} group @param {string} name */
  bytes(group, name) {
    const array = group.arrays[name];
    return new Uint8Array(this.entries.memory.buffer, array.start, size(array) * array.itemsize);
  }

  /** @param {Block} group */
  free(group) {
    this.entries.free(group.address);
  }

  /** Call an entry with what its signature takes: groups, numbers, arrays of numbers (copied in and back).
   * @template {string} E @param {E} name @param {...Given} given @returns {E extends keyof Returned ? Returned[E] : void} */
  call(name, ...given) {
    const { takes, returns } = this.signatures[name];
    const entry = /** @type {(...words: (number | bigint)[]) => number} */ (this.entries[name]);
    /** @type {(number | bigint)[]} */ const words = [];
    /** @type {{ start: number, array: Numbers }[]} */ const copies = [];
    takes.forEach((kind, index) => words.push(...this.#words(kind, given[index], copies)));
    const failed = entry(this.result, this.result + 8 * PLACES, ...words);
    for (const { start, array } of copies) {
      this.#bytesOf(array).set(new Uint8Array(this.entries.memory.buffer, start, array.byteLength));
      this.entries.free(start);
    }
    if (failed) throw new Error(`${name}: an index is out of bounds`);
    return /** @type {never} */ (this.#returned(returns));
  }

  /** @param {Numbers} array */
  #bytesOf({ buffer, byteOffset, byteLength }) {
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  /** @param {string} kind @param {Given} value @param {{ start: number, array: Numbers }[]} copies */
  #words(kind, value, copies) {
    if (kind in this.tables) return [/** @type {Block} */ (value).address];
    if (kind in this.numbers) {
      const fields = /** @type {Turn & Record<string, number>} */ (value);
      return this.numbers[kind].map((name) => BigInt(fields[name]));
    }
    if (kind in OF_NUMBERS) {
      const array = /** @type {Numbers} */ (value);
      const start = this.#allocate(array.byteLength);
      new Uint8Array(this.entries.memory.buffer, start, array.byteLength).set(this.#bytesOf(array));
      copies.push({ start, array });
      const length = BigInt(array.length);
      return [0, 0, length, 8n, start, length, 8n];
    }
    return [kind === "int" ? BigInt(/** @type {number} */ (value)) : Number(value)];
  }

  /** @param {string} kind */
  #returned(kind) {
    const view = new DataView(this.entries.memory.buffer, this.result, 8 * PLACES);
    if (kind in this.numbers)
      return Object.fromEntries(this.numbers[kind].map((name, at) => [name, Number(view.getBigInt64(8 * at, true))]));
    if (kind.startsWith("tuple[float")) return kind.split(",").map((_, at) => view.getFloat64(8 * at, true));
    if (kind === "int") return Number(view.getBigInt64(0, true));
    if (kind === "float") return view.getFloat64(0, true);
    return kind === "bool" ? view.getUint8(0) === 1 : undefined;
  }

  /** Write a descriptor as numba has it: two owners, elements, bytes of one, place, lengths, strides.
   * @param {number} head @param {{ shape: number[], itemsize: number, start: number }} more */
  #describe(head, { shape, itemsize, start }) {
    const view = new DataView(this.entries.memory.buffer, head, 32 + 16 * shape.length);
    view.setBigInt64(8, BigInt(size({ shape })), true);
    view.setBigInt64(16, BigInt(itemsize), true);
    view.setUint32(24, start, true);
    let stride = itemsize;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      view.setBigInt64(32 + 8 * axis, BigInt(shape[axis]), true);
      view.setBigInt64(32 + 8 * (shape.length + axis), BigInt(stride), true);
      stride *= shape[axis];
    }
  }

  /** @param {number} bytes */
  #allocate(bytes) {
    const address = this.entries.malloc(bytes) >>> 0;
    if (address === 0) throw new Error("there is not enough memory for the model");
    return address;
  }
}
