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
  #value;
  moves = 0; // how often it was put somewhere or taken away
  writes = 0; // how often its text was set
  parent = null;
  style = {
    setProperty(name, value) {
      this[name] = value;
    },
  };
  classList = {
    contains: (name) => this.className.split(" ").includes(name),
    toggle: (name, isOn) => {
      const others = this.className.split(" ").filter((one) => one && one !== name);
      this.className = [...others, ...(isOn ? [name] : [])].join(" ");
    },
  };

  constructor(name) {
    this.name = name;
  }
  get parentElement() {
    return this.parent;
  }
  get attributes() {
    return Object.fromEntries(this.#attributes);
  }
  get childNodes() {
    return this.#nodes;
  }
  get lastChild() {
    return this.#nodes.at(-1) ?? null;
  }
  get childElementCount() {
    return this.children.length;
  }
  get isConnected() {
    return this === globalThis.document || Boolean(this.parent?.isConnected);
  }
  get className() {
    return this.getAttribute("class") ?? "";
  }
  set className(names) {
    this.setAttribute("class", names);
  }
  get dataset() {
    return new Proxy({}, { get: (_, name) => this.getAttribute(`data-${String(name)}`) ?? undefined });
  }
  get value() {
    const [first] = this.children.filter(({ name }) => name === "option");
    const chosen = this.children.find((one) => one.getAttribute("selected") !== null) ?? first;
    return this.#value ?? chosen?.getAttribute("value") ?? this.getAttribute("value") ?? "";
  }
  set value(value) {
    this.#value = value;
  }
  get selectedIndex() {
    return this.children.findIndex((one) => one.getAttribute("value") === String(this.value));
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
  querySelectorAll(selectors) {
    return this.all((one) => one !== this && one.matches(selectors, this));
  }
  querySelector(selectors) {
    return this.querySelectorAll(selectors)[0] ?? null;
  }
  closest(selectors) {
    return this.matches(selectors) ? this : (this.parent?.closest(selectors) ?? null);
  }
  /** Return whether it is one of some selectors, as far as the pages use them. scope: what `:scope` is. */
  matches(selectors, scope = null) {
    return selectors.split(/, */).some((selector) => {
      const [own, ...above] = selector.replace("> ", ">").split(" ").reverse();
      if (own.startsWith(">")) return this.parent === scope && fits(this, own.slice(1));
      return fits(this, own) && above.every((one) => Boolean(this.parent?.closest(one)));
    });
  }
  focus() {
    globalThis.document.activeElement = this;
  }
  click() {
    this.tell("click", { detail: 1 });
  }
  close() {
    this.tell("close");
  }
  showModal() {}
  scrollIntoView() {}
  setPointerCapture() {}
  getBoundingClientRect() {
    return { left: 0, top: 0, x: 0, y: 0, width: 100, height: 100 };
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

for (const name of ["hidden", "disabled", "checked", "open"])
  Object.defineProperty(Element.prototype, name, {
    get() {
      return this.getAttribute(name) !== null;
    },
    set(isOn) {
      if (isOn) this.setAttribute(name, "");
      else this.removeAttribute(name);
    },
  });

const PARTS = /([.#]?)([\w-]+)|\[([\w-]+)(?:(\^?=)"([^"]*)")?\]|:(not\(\[(\w+)\]\)|\w+)/g;

/** Return whether an element is what a part of a selector without spaces says. */
function fits(element, selector) {
  return [...selector.matchAll(PARTS)].every(([, sign, word, attribute, operator, text, state, without]) => {
    const value = attribute && element.getAttribute(attribute);
    if (operator) return operator === "=" ? value === text : Boolean(value?.startsWith(text));
    if (attribute) return value !== null;
    if (without) return element.getAttribute(without) === null;
    if (state) return state === "enabled" && !element.disabled;
    if (sign === ".") return element.className.split(" ").includes(word);
    return sign === "#" ? element.getAttribute("id") === word : element.name === word;
  });
}

/** Make a document, which is also the root of what is put on it; `byId` makes what it does not have. */
export function newDocument() {
  const root = new Element("root");
  root.documentElement = root.body = root.activeElement = root;
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
