// Elements for node: as much of a document as modules of the pages need to make them and to change them.

class Text {
  constructor(text) {
    this.textContent = String(text);
  }
}

class Element {
  #nodes = [];
  #attributes = new Map();
  #listeners = [];
  moves = 0; // how often it was put somewhere or taken away
  writes = 0; // how often its text was set
  parent = null;
  style = {};
  classList = { toggle: () => null };

  constructor(name) {
    this.name = name;
  }
  get parentElement() {
    return this.parent;
  }
  get children() {
    return this.#nodes.filter((node) => node instanceof Element);
  }
  get textContent() {
    return this.#nodes.map((node) => node.textContent).join("");
  }
  set textContent(text) {
    this.writes += 1;
    this.replaceChildren(text);
  }
  append(...nodes) {
    for (const node of nodes) this.insertBefore(node, null);
  }
  prepend(...nodes) {
    for (const node of nodes.reverse()) this.insertBefore(node, this.#nodes[0] ?? null);
  }
  replaceChildren(...nodes) {
    for (const child of this.children) child.remove();
    this.#nodes = [];
    this.append(...nodes);
  }
  insertBefore(node, before) {
    const one = node instanceof Element ? node : new Text(node);
    one.remove?.();
    one.parent = this;
    one.moves += 1;
    this.#nodes.splice(before ? this.#nodes.indexOf(before) : this.#nodes.length, 0, one);
  }
  before(...nodes) {
    for (const node of nodes) this.parent.insertBefore(node, this);
  }
  after(...nodes) {
    const all = this.parent.#nodes,
      next = all[all.indexOf(this) + 1] ?? null;
    for (const node of nodes) this.parent.insertBefore(node, next);
  }
  remove() {
    if (!this.parent) return;
    this.parent.#nodes = this.parent.#nodes.filter((node) => node !== this);
    this.parent = null;
    this.moves += 1;
  }
  setAttribute(name, value) {
    this.#attributes.set(name, String(value));
  }
  removeAttribute(name) {
    this.#attributes.delete(name);
  }
  getAttribute(name) {
    return this.#attributes.get(name) ?? null;
  }
  addEventListener(name, listener) {
    this.#listeners.push([name, listener]);
  }
  /** Let its listeners hear of an event. */
  tell(name, event = {}) {
    for (const [of, listener] of this.#listeners)
      if (of === name) listener({ target: this, preventDefault: () => null, ...event });
  }
  /** Return it and all elements in it that fulfil a condition. */
  all(holds = () => true) {
    return [...(holds(this) ? [this] : []), ...this.children.flatMap((child) => child.all(holds))];
  }
  /** Return the first element in it that has an attribute. */
  with(name, value) {
    return this.all((one) => one.getAttribute(name) === value)[0];
  }
}

/** Make a document, which is also the root of what is put on it; `byId` makes what it does not have. */
export function newDocument() {
  const root = new Element("root");
  root.createElement = root.createElementNS = (...names) => new Element(names.at(-1));
  root.getElementById = (id) => {
    const found = root.with("id", id) ?? root.createElement("div");
    if (!found.parent) {
      found.setAttribute("id", id);
      root.append(root.createElement("div"));
      root.children.at(-1).append(found);
    }
    return found;
  };
  return (globalThis.document = root);
}
