// Build the tables of a case from the contents that were lowered beforehand. Bytes are copied, nothing is computed.

export class Arrays {
  /** bytes: as page/arrays.py packs them. @param {Uint8Array} bytes */
  constructor(bytes) {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    /** @type {Header} */
    this.header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    this.tables = this.header.interface.tables.Case;
    let at = 8 + length;
    for (const [, , choices] of this.header.columns) {
      for (const choice of choices) {
        const count = choice.lengths.reduce((product, one) => product * one, 1);
        choice.ids = new Uint32Array(bytes.slice(at, at + 4 * count).buffer);
        at += 4 * count;
      }
    }
    this.contents = this.header.contents.map((numbers) => {
      const size = numbers.at(-1);
      const content = { shape: numbers.slice(0, -1), bytes: bytes.subarray(at, at + size) };
      at += size;
      return content;
    });
  }

  /** Return the tables of a case by their names: {shape, bytes}. setting: {knob: level}; draw: the replication.
   * @param {Setting} setting @param {number} draw */
  build(setting, draw) {
    /** @type {Map<string, [column: string, content: Required<Content>][]>} */ const columns = new Map(); // by array
    for (const [array, column, choices] of this.header.columns) {
      columns.set(array, [...(columns.get(array) ?? []), [column, this.#content(choices, setting, draw)]]);
    }
    const rows = (/** @type {string} */ array) => (columns.get(array) ?? [])[0][1].shape[0];
    const tables = this.tables.map((table) => {
      const { name, itemsize } = table;
      const contents = columns.get(name) ?? [];
      const shape = contents.length ? contents[0][1].shape : this.header.blank[name].map(rows);
      const bytes = new Uint8Array(shape.reduce((product, one) => product * one, itemsize));
      for (const [column, content] of contents) place(bytes, table, column, content);
      return [name, { shape, bytes }];
    });
    return Object.fromEntries(tables);
  }

  /** @param {Choices} choices @param {Setting} setting @param {number} draw */
  #content(choices, setting, draw) {
    const { written } = this.header;
    const turned = Object.keys(setting).filter((name) => setting[name] !== written[name]);
    const meet = turned.filter((name) => choices.some((choice) => choice.by.includes(name)));
    const fitting = choices.find((choice) => meet.every((name) => choice.by.includes(name)));
    if (!fitting) throw new Error(`${meet.join(" and ")} cannot be turned together on this page.`);
    let at = 0;
    fitting.by.forEach((name, axis) => {
      at = at * fitting.lengths[axis] + (setting[name] ?? written[name]);
    });
    const draws = fitting.lengths.at(-1);
    const id = fitting.ids[at * draws + (draw % draws)];
    if (id === 2 ** 32 - 1) throw new Error("The scenario cannot have these levels together.");
    return this.contents[id];
  }
}

/** Copy a column into its table.
 * @param {Uint8Array} bytes @param {Description} table @param {string} column @param {Required<Content>} content */
function place(bytes, table, column, content) {
  if (!column) return bytes.set(content.bytes);
  const [, type, offset] = table.columns.find(([name]) => name === column);
  const width = Number(type.slice(2));
  for (let from = 0, to = offset; from < content.bytes.length; from += width, to += table.itemsize) {
    bytes.set(content.bytes.subarray(from, from + width), to);
  }
}
