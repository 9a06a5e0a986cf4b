// Decisions of people as rows (turn, column, entry, value), and their effect on a choice: as negsim.replay has them.

/** Write rows into the choice of the turn that is due. A guest goes to the first dinner to which it is invited.
 * @param {Room} room @param {Row[]} rows */
export function take(room, rows) {
  const dinner = room.table("Choice", "dinner");
  for (const [, column, entry, value] of rows) {
    if (column === "guest" && dinner.get(entry, "") === 0) {
      dinner.set(entry, dinner.get(value, "") || Math.max(...dinner.column("")) + 1);
    } else if (column !== "guest") room.table("Choice", column).set(entry, value);
  }
}
