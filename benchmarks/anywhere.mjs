// Run dumps of `anywhere.py` with the module of WebAssembly: in node with the files that the command line names, in a
// browser with those that the page's server has.
//
//     node benchmarks/anywhere.mjs PROGRAM.wasm INTERFACE.json DUMP ...

const inNode = typeof process !== "undefined";
const cpuSeconds = inNode ? () => process.cpuUsage().user / 1e6 : () => performance.now() / 1e3; // a browser has a clock
const { open } = await import(inNode ? "../src/negsim/program.js" : "/program.js");

// Read a dump: groups of tables by name, and the first replication.
export function read(dump) {
  const blank = dump.findIndex((byte, at) => byte === 10 && dump[at + 1] === 10);
  const groups = {};
  let start = blank + 2,
    first = 0;
  for (const line of new TextDecoder().decode(dump.subarray(0, blank)).split("\n")) {
    const [group, name, ...numbers] = line.split(" ");
    if (group === "first") first = Number(name);
    else {
      const [itemsize, ...shape] = numbers.map(Number);
      const bytes = shape.reduce((product, length) => product * length, itemsize);
      (groups[group] ??= {})[name] = { shape, bytes: dump.subarray(start, start + bytes) };
      start += bytes;
    }
  }
  return { groups, first };
}

// Run a dump and count the values that differ from those that it holds, and all values.
export function compare(program, dump) {
  const { groups, first } = read(dump);
  const expected = groups.Results;
  const blank = Object.fromEntries(Object.entries(expected).map(([name, { shape }]) => [name, { shape }]));
  const [room, state, choice, results] = Object.entries({ ...groups, Results: blank }).map((one) =>
    program.place(...one),
  );
  const began = cpuSeconds();
  program.call("run_each", room, state, choice, results, first);
  const seconds = cpuSeconds() - began;
  let different = 0,
    all = 0;
  for (const [name, { bytes }] of Object.entries(expected)) {
    const got = program.bytes(results, name);
    for (let at = 0; at < bytes.length; at += 8, all++) {
      if (bytes.subarray(at, at + 8).some((byte, within) => byte !== got[at + within])) different++;
    }
  }
  for (const group of [room, state, choice, results]) program.free(group);
  return { different, all, seconds };
}

if (inNode && process.argv[1].endsWith("anywhere.mjs")) {
  const { readFileSync } = await import("node:fs");
  const [module, description, ...dumps] = process.argv.slice(2);
  const program = await open(readFileSync(module), JSON.parse(readFileSync(description)));
  for (const dump of dumps) console.log(Object.values(compare(program, readFileSync(dump))).join(" "));
} else if (!inNode) {
  const bytes = async (path) => {
    const answer = await fetch(path);
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
  };
  const program = await open(await bytes("/program.wasm"), await (await fetch("/interface.json")).json());
  for (let number = 0, dump; (dump = await bytes(`/dump/${number}`)); number++)
    await fetch("/answer", { method: "POST", body: Object.values(compare(program, dump)).join(" ") });
}
