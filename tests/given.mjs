// What a test gives to a script, as JSON on stdin, and how the script answers it.

import { readFileSync } from "node:fs";

export const given = JSON.parse(readFileSync(0, "utf8"));

/** Answer the test, numbers without end as words, and end, whatever may still come: a worker waits for messages. */
export function answer(value) {
  const plain = (_, one) => (typeof one === "number" && !Number.isFinite(one) ? String(one) : one);
  process.stdout.write(JSON.stringify(value, plain), () => process.exit());
}
