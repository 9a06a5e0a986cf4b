// The room at a moment: everybody around the table, or, on an evening, at the tables and in the caucuses.

import { drawing, svg } from "./dom.js";
import { shape } from "./marks.js";
import { shortened } from "./words.js";

/** Draw the room. moment: {seat: {present, held}[], speaker, evening, caption: [lines]}.
 * @param {Omit<RoomScene, "height">} of */
export function roomOf({ facts, marks, moment, eyes, width, choose }) {
  const height = Math.round(Math.max(220, Math.min(400, width * 0.5, innerHeight * 0.42)));
  const scene = { facts, marks, moment, eyes, choose, width, height };
  const inside = moment.evening ? evening(scene) : table(scene);
  return drawing([width, height], moment.caption.join(", "), { width, height }, inside);
}

/** @param {RoomScene} scene */
function table(scene) {
  const { facts, moment, width, height } = scene;
  const places = seatPlaces(facts.seats.length, width, height);
  const middle = [width / 2, height / 2];
  const { speaker } = moment;
  const voice =
    speaker < 0
      ? null
      : svg("line", {
          x1: places.at[speaker][0],
          y1: places.at[speaker][1],
          x2: middle[0] + (places.at[speaker][0] - middle[0]) * 0.72,
          y2: middle[1] + (places.at[speaker][1] - middle[1]) * 0.62,
          class: "voice",
        });
  const lines = moment.caption.map((text, n) =>
    svg("text",
      { x: middle[0], y: middle[1] + 20 * (n - (moment.caption.length - 1) / 2) + 5, class: n ? "small" : "strong" },
      shortened(text, Math.floor(width / 13)),
    ),
  );
  return [
    svg("ellipse", { cx: middle[0], cy: middle[1], rx: width / 2 - 52, ry: height / 2 - 44, class: "ground" }),
    voice,
    places.at.map((at, i) => seat(scene, i, at, places.radius)),
    svg("g", { class: "caption" }, lines),
  ];
}

/** Place seats evenly along an ellipse, in several rings if one is too small.
 * @param {number} count @param {number} width @param {number} height */
function seatPlaces(count, width, height) {
  const [rx, ry] = [width / 2 - 24, height / 2 - 22];
  const steps = 2000;
  const corner = (/** @type {number} */ n) => (2 * Math.PI * n) / steps + Math.PI / 2;
  const way = [0];
  for (let n = 1; n <= steps; n += 1) {
    const [a, b] = [corner(n - 1), corner(n)];
    way.push(way[n - 1] + Math.hypot(rx * (Math.cos(b) - Math.cos(a)), ry * (Math.sin(b) - Math.sin(a))));
  }
  const gap = way[steps] / count;
  const radius = Math.min(11, Math.max(5, gap / 2.3));
  const rings = Math.max(1, Math.ceil((2 * radius + 1) / gap));
  const at = Array.from({ length: count }, (_, i) => {
    const far = way.findIndex((length) => length >= ((i + 0.5) / count) * way[steps]);
    const inwards = (i % rings) * (2 * radius + 3);
    const [x, y] = [Math.cos(corner(far)), Math.sin(corner(far))];
    return /** @type {Point} */ ([width / 2 + (rx - inwards) * x, height / 2 + (ry - inwards) * y]);
  });
  return { at, radius };
}

/** @param {RoomScene} of @param {number} i @param {Point} at @param {number} radius */
function seat({ facts, marks, moment, eyes, choose }, i, at, radius) {
  const { present, held } = moment.seats[i];
  const named = facts.seats[i].name + (held ? `, ${held} in brackets` : "") + (present ? "" : ", has left");
  const ring =
    i === moment.speaker || i === eyes
      ? svg("circle", { cx: at[0], cy: at[1], r: radius + 4, class: i === eyes ? "ring eyes" : "ring" })
      : null;
  const [x, y] = at;
  const r = radius;
  const sign =
    held && !moment.evening
      ? svg("path", {
          d: `M${x - r} ${y - r - 2}h-3v${2 * r + 4}h3M${x + r} ${y - r - 2}h3v${2 * r + 4}h-3`,
          class: "bracket",
        })
      : null;
  return svg("g", { class: present ? "seat" : "seat gone", click: () => choose(i) }, ring,
    shape(marks[facts.seats[i].group], at, radius, { title: named }),
    sign,
  );
}

/** @param {RoomScene} scene */
function evening(scene) {
  const circles = companies(scene);
  const { width, height } = scene;
  const top = 30;
  const columns = Math.max(1, Math.ceil(Math.sqrt((circles.length * width) / (height - top) / 1.3)));
  const rows = Math.ceil(circles.length / columns);
  /** @type {Point} */ const cell = [width / columns, (height - top) / rows];
  const drawn = circles.map((circle, n) =>
    company(scene, circle, [((n % columns) + 0.5) * cell[0], top + (Math.floor(n / columns) + 0.5) * cell[1]], cell),
  );
  return [svg("text", { x: width / 2, y: 20, class: "strong caption" }, scene.moment.caption[0]), drawn];
}

/** Return who sits together: the mixed tables, then each group by itself. @param {RoomScene} of */
function companies({ facts, marks, moment }) {
  const { tables, caucus } = /** @type {Evening} */ (moment.evening);
  const away = new Set(tables.flat());
  const groups = marks.map((mark, g) => ({
    label: caucus ? `${mark.label}: caucus` : `${mark.label}: on their own`,
    members: facts.seats.map((_, i) => i)
      .filter((i) => facts.seats[i].group === g && !away.has(i) && moment.seats[i].present),
  }));
  return [
    ...tables.map((members, n) => ({ label: `table ${n + 1}`, members, isTable: true })),
    ...groups.filter(({ members }) => members.length),
  ];
}

/** @param {RoomScene} scene @param {Company} more @param {Point} rest @param {Point} cell */
function company(scene, { label, members, isTable }, [x, y], cell) {
  const space = Math.min(cell[0], cell[1] - 22);
  const count = members.length;
  const radius = Math.max(4, Math.min(10, space / 9));
  const ring = Math.max(radius * 1.4, Math.min(space / 2 - radius - 3, (count * (2 * radius + 3)) / (2 * Math.PI)));
  const fits = 2 * Math.PI * ring >= count * (2 * radius + 1);
  const columns = Math.max(1, Math.min(count, Math.floor((cell[0] - 12) / (2 * radius + 3))));
  /** @type {(member: number, n: number) => Point} */
  const placeOf = (_, n) => {
    const angle = (2 * Math.PI * n) / count - Math.PI / 2;
    if (fits) return [x + ring * Math.cos(angle), y - 8 + ring * Math.sin(angle)];
    const lines = Math.ceil(count / columns);
    return [
      x + ((n % columns) - (columns - 1) / 2) * (2 * radius + 3),
      y - 8 + (Math.floor(n / columns) - (lines - 1) / 2) * (2 * radius + 3),
    ];
  };
  const places = members.map(placeOf);
  return [
    isTable && fits ? svg("circle", { cx: x, cy: y - 8, r: Math.max(2, ring - radius - 2), class: "ground" }) : null,
    members.map((i, n) => seat(scene, i, places[n], radius)),
    svg("text", { x, y: y + cell[1] / 2 - 5, class: "small caption" }, shortened(label, Math.floor(cell[0] / 7.2))),
  ];
}
