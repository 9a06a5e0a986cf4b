// Play random games with the modules of a page: in node with the page's blocks of data in a folder, in a browser with
// those that the server has. Writes or sends a journal a line.
//
//     node benchmarks/games.mjs FOLDER COUNT

const inNode = typeof process !== "undefined";
const at = (path) => (inNode ? path : `/${path.replaceAll("../", "")}`);
const { start } = await import(at("../src/negsim/page/web/engine.js"));
const { Game } = await import(at("../src/negsim/page/web/game.js"));
const { randomGames } = await import(at("../tests/page/players.mjs"));

async function play(block, count, tell) {
  const engine = await start(await block("program"), await block("arrays"), JSON.parse(await block("facts")));
  for (const [journal] of randomGames(engine, Game, { count })) await tell(JSON.stringify(journal));
}

if (inNode) {
  const { readFileSync } = await import("node:fs");
  const [folder, count] = process.argv.slice(2);
  await play(
    (name) => readFileSync(`${folder}/${name}`, "utf8"),
    Number(count),
    (line) => console.log(line),
  );
} else {
  const text = async (name) => (await fetch(`/${name}`)).text();
  await play(text, Number(await text("count")), (line) => fetch("/game", { method: "POST", body: line }));
}
