// Tables in the memory of the program: those that a run needs, and how to read their columns.

/** @type {Record<string, (view: DataView, at: number) => number>} */
const READERS = {
  "<f8": (view, at) => view.getFloat64(at, true),
  "<i8": (view, at) => Number(view.getBigInt64(at, true)),
  "|b1": (view, at) => view.getUint8(at),
};

/** @type {Record<string, (view: DataView, at: number, value: number | string) => void>} */
const WRITERS = {
  "<f8": (view, at, value) => view.setFloat64(at, Number(value), true),
  "<i8": (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  "<u8": (view, at, value) => view.setBigUint64(at, BigInt(value), true),
  "|b1": (view, at, value) => view.setUint8(at, Number(value)),
};

/** The groups of tables of one run or of many, placed in memory until they are freed. */
export class Room {
  /** header: of the page's arrays. tables: of the case, as Arrays builds them. sizes: of R, L and T.
   * @param {Program} program @param {Header} header @param {Record<string, Content>} tables
   * @param {Partial<Record<"R" | "L" | "T", number>>} sizes */
  constructor(program, header, tables, sizes) {
    this.program = program;
    this.header = header;
    const rows = (/** @type {string} */ name) => tables[name].shape[0];
    /** @type {Record<string, Block>} */
    this.groups = { Case: program.place("Case", tables) };
    /** @type {Record<string, number>} */
    this.sizes = {
      N: rows("seats"), K: rows("status_quo"), G: rows("group_size"), F: rows("formats"), R: 1, L: 0, T: 1, ...sizes,
    };
    this.sizes.C = 1 + Math.max(...this.table("Case", "seats").column("caucus"));
    for (const [group, shapes] of Object.entries(header.shapes))
      this.groups[group] = program.place(group, this.#blank(group, shapes));
  }

  /** Return a table of a group. Read it before the program is called again.
   * @param {string} group @param {string} name */
  table(group, name) {
    const description = this.header.interface.tables[group].find((table) => table.name === name);
    return new Table(description, this.program.bytes(this.groups[group], name));
  }

  /** Call an entry. given: names of groups, or what else it takes.
   * @template {string} E @param {E} entry @param {...Given} given */
  call(entry, ...given) {
    return this.program.call(entry, ...given.map((one) => this.groups[/** @type {string} */ (one)] ?? one));
  }

  /** Return the bytes of the state, by the names of its tables; its log is left out. */
  state() {
    const names = Object.keys(this.groups.State.arrays).filter((name) => name !== "log");
    return Object.fromEntries(names.map((name) => [name, this.program.bytes(this.groups.State, name).slice()]));
  }

  /** Write the bytes of a state of a room of the same size. @param {State} state */
  setState(state) {
    for (const [name, bytes] of Object.entries(state)) this.program.bytes(this.groups.State, name).set(bytes);
  }

  free() {
    for (const group of Object.values(this.groups)) this.program.free(group);
  }

  /** @param {string} group @param {Header["shapes"][string]} shapes */
  #blank(group, shapes) {
    const length = (/** @type {number | [string, number]} */ one) =>
      Array.isArray(one) ? this.sizes[one[0]] + one[1] : one;
    const names = this.header.interface.tables[group].map((table) => table.name);
    return Object.fromEntries(names.map((name, n) => [name, { shape: shapes[n].map(length) }]));
  }
}

/** A table: rows with columns, or numbers of one kind, whose column is "". */
class Table {
  /** @param {Description} description @param {Uint8Array} bytes */
  constructor(description, bytes) {
    /** @type {Record<string, { type: string, offset: number }>} */
    this.columns = { "": { type: description.type, offset: 0 } };
    for (const [name, type, offset] of description.columns) this.columns[name] = { type, offset };
    this.itemsize = description.itemsize;
    this.length = bytes.length / this.itemsize;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Return a column over all rows, in the order of the memory. @param {string} name */
  column(name) {
    const { type, offset } = this.columns[name];
    const read = READERS[type];
    return Float64Array.from({ length: this.length }, (_, row) => read(this.view, row * this.itemsize + offset));
  }

  /** @param {number} row @param {string} name */
  get(row, name) {
    const { type, offset } = this.columns[name];
    return READERS[type](this.view, row * this.itemsize + offset);
  }

  /** Write a number into a column. @param {number} row @param {number | string} value @param {string} [name] */
  set(row, value, name = "") {
    const { type, offset } = this.columns[name];
    WRITERS[type](this.view, row * this.itemsize + offset, value);
  }

  /** Return some columns of a row as an object.
   * @template {string} C @param {number} row @param {readonly C[]} names @returns {Record<C, number>} */
  row(row, names) {
    const pairs = names.map((name) => [name, this.get(row, name)]);
    return /** @type {Record<C, number>} */ (Object.fromEntries(pairs));
  }
}
