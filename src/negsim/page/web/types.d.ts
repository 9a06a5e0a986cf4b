// The types of what the modules of a page hand to each other, for `tsc -p jsconfig.json` alone: no page holds this file.
// What a class is, its own module says; here are plain data, and the names of classes for whoever is given one.

type Aftermath = import("./aftermath.js").Aftermath;
type Course = import("./course.js").Course;
type DeskLine = Awaited<ReturnType<typeof import("./desk.js").enter>>;
type Dealer = Pick<Engine, "facts" | "moves" | "room">; // what a game is played on
type Engine = Awaited<ReturnType<typeof import("./engine.js").start>>;
type Eyes = import("./eyes.js").Eyes;
type Game = import("./game.js").Game;
type Model = import("./model.js").Model;
type Program = import("../../program.js").Program;
type Question = import("./question.js").Question;
type RemoteGame = Awaited<ReturnType<Model["play"]>>;
type Room = import("./tables.js").Room;
type Runs = import("./growth.js").Runs;
type SeatGame = import("./sheets.js").SeatGame;
type SharedGame = import("./sharedgame.js").SharedGame;
type SharedTable = Awaited<ReturnType<typeof import("./shared.js").sitDown>>;
type Story = import("./minutes.js").Story;
type Studio = import("./studio.js").Studio;
type Table = ReturnType<Room["table"]>;

// ------------------------------------------------------------------ facts, as page/facts.py writes them

interface Facts {
  title: string;
  name: string;
  description: string;
  story: string;
  seed: number | string; // as text where a number cannot hold it
  runs: number;
  most: number;
  drawn: string;
  issues: Issue[];
  groups: Group[];
  seats: KnownSeat[];
  seats_per_group: number;
  meetings: Meeting[];
  decision: string;
  rules: string[];
  formats: Format[];
  knobs: Knob[];
  held: HeldKnob | null;
  measures: Measure[];
  outcomes: Ending[];
  statuses: Status[];
  moves: Record<string, string>;
  turns: Record<string, TurnWords>;
  pens: Record<string, string>;
  happenings: Record<string, Column[]>;
  dinners: { meeting: number; day: number; guests: string[] }[];
  motions: { meeting: number; day: number; to: string; chair: boolean }[];
  meeting_end: number;
  day_before: number; // of the plan: that of the evening before the first meeting
  share_of_day: number;
  theme: string;
  sentences: Record<string, string>;
  log_rows: number;
  formula: string;
  command: string;
  notes: string[];
  version: string;
  play: PlayFacts; // of a page with a game
  studio: StudioFacts; // of a page that the studio serves
  desk: { most: { code: number; name: number } }; // of a page of a class
  journals: ClassJournal[]; // of the end page of a class
  guesses?: number[];
  refused?: string[]; // why games of the class are left out, a sentence each
}

/** Facts with the seats of a run. */
type RunFacts = Omit<Facts, "seats"> & { seats: Seat[] };

/** Facts with the people of a game in the place of the seats. */
interface TableFacts extends Omit<Facts, "seats"> {
  seats: { name: string; group: number; me?: boolean }[];
}

interface PlayFacts {
  forecast: Record<
    "start" | "beyond" | "nearer" | "brackets" | "accepts" | "late" | "if_refused" | "if_accepted" | "if_author",
    number
  >;
  seat: string;
  replication: number;
  changes: string[];
  scenario: string;
  rules: string;
  most_bytes: number;
  texts: number;
  precision: number;
  questions: number;
  red_line_cost: number;
  failed_text_cost: number;
  passed_over_cost: number;
  session: number;
  end: number;
}

interface StudioFacts {
  about: string;
  link: string;
  fixed: Record<string, string>;
  pages: [to: string, name: string, shows: boolean][];
  caveat: string;
  scenarios: string[];
  own: string;
  name: string;
  fields: { path: string; label: string; value: string; choices: [value: string, text: string][] }[];
  seed: string;
  more: string;
  more_label: string;
}

interface Issue {
  name: string;
  label: string;
  low: string;
  high: string;
  status_quo: number;
  places: string[];
  amounts: number[];
  unit: string;
}

interface Group {
  label: string;
  text: string;
  colour: string;
  named: string[];
  caucuses: string[];
}

/** The ends of what somebody may sign; null where there is none. */
type Red = [low: number | null, high: number | null];

type Brief = { [part in "emblem" | "who" | "wants" | "never" | "secret" | "friend" | "foe"]?: string } & {
  arguments?: string[];
};
type BriefPart = Exclude<keyof Brief, "emblem">;

interface KnownSeat {
  name: string;
  group: number;
  brief: Brief | null;
}

/** A seat of a run, with what it was dealt or drew. */
interface Seat extends KnownSeat {
  named: boolean;
  may_block: boolean;
  salience: number[];
  red: Red[];
}

interface Meeting {
  label: string;
  days: number;
  after_days: number;
  agenda: [format: number, share: number][];
  evenings: string;
}

/** What a kind of turn is to those at the table. */
interface TurnWords {
  decides: string[];
  question: string;
  card: string;
  is_once: boolean;
  takes_time: boolean;
}

interface Format {
  label: string;
  colour: string | null;
  meaning: string;
  pen: number;
}

interface Level {
  value: string | number | boolean | null;
  label: string;
  phrase: string;
  set: string;
  about: string;
}

interface Knob {
  name: string;
  path: string;
  key: string;
  label: string;
  unit: string;
  written: number;
  drawn: string;
  clashes: string[];
  levels: Level[];
}

/** What some knobs cannot be turned together with. */
type Clashing = Pick<Knob, "clashes"> & { label?: string };

interface HeldKnob extends Knob {
  level: number;
  along: string;
  fits: number[];
}

interface Measure {
  name: string;
  label: string;
  kind: string;
  unit: string;
  low: number | null;
  high: number | null;
  definition: string;
}

interface Ending {
  code: number;
  name: string;
  label: string;
  colour: string;
}

interface Status extends Ending {
  glyph: string;
}

// ------------------------------------------------------------------ the program and its tables

/** Numbers of one kind, as entries of the program take and change them. */
type Numbers = Float64Array | BigInt64Array | BigUint64Array;

/** An array of a group in memory, and what it is made from. */
type Content = { shape: number[]; bytes?: Uint8Array };
type Block = { address: number; arrays: Record<string, { shape: number[]; itemsize: number; start: number }> };

interface Description {
  name: string;
  dimensions: number;
  itemsize: number;
  type: string;
  columns: [name: string, type: string, offset: number][];
}

interface Interface {
  entries: Record<string, { takes: string[]; returns: string }>;
  tables: Record<string, Description[]>;
  numbers: Record<string, string[]>;
}

/** What entries return, of those that return something. */
interface Returned {
  next_turn: Turn;
  score: number;
  may_write_first: boolean;
}

interface Turn {
  move: number;
  issue: number;
  who: number;
}

type Given = string | number | Turn | Numbers | Block;
type State = Record<string, Uint8Array>;
type Choices = { by: string[]; lengths: number[]; ids: Uint32Array }[];

/** What stands before the arrays of a page, as page/arrays.py writes it. */
interface Header {
  interface: Interface;
  columns: [array: string, column: string, choices: Choices][];
  contents: number[][];
  blank: Record<string, string[]>;
  shapes: Record<string, (number | [size: string, more: number])[][]>;
  written: Setting;
  draws: number;
}

// ------------------------------------------------------------------ a run

/** The level of each knob that is turned, by the knob's name. */
type Setting = Record<string, number>;
type Values = Record<string, Float64Array>;

type Column =
  | ("minute" | "meeting" | "day" | "issue" | "who" | "place" | "pen" | "passed" | "blockers" | "shortfall")
  | ("passable" | "passable_low" | "passable_high" | "found" | "parked" | "proposal" | "waiting" | "drafters" | "elapsed")
  | ("format" | "length" | "lost" | "unresolved" | "mixed_share" | "caucus" | "whom" | "days" | "issues" | "other")
  | ("backers" | "support" | "clean_slate");

/** An event of the log, with the columns of its kind, and the first moment that has it. */
interface Happening extends Record<Column, number> {
  move: string;
  moment: number;
}

interface Moment {
  minute: number;
  meeting: number;
  day: number;
  format: number;
  logged: number;
  text: Float64Array;
  status: Float64Array;
  bracket: Float64Array;
  position: Float64Array;
  present: Float64Array;
  trust: Float64Array;
  perceived: number;
}

interface Evening {
  moment: number;
  tables: number[][];
  caucus: boolean;
  mixed: number;
}

/** A line of the minutes. */
interface Line {
  moment: number;
  time: string;
  move: string;
  text: string;
}

/** A run so far, for its story. */
interface Recorded {
  moments: Moment[];
  events: Happening[];
  seats: Seat[];
  meetings: { opens: number; floor: number; hours: number }[];
  proposed: Float64Array;
  blocks: Float64Array;
  failed: Float64Array;
  measures: Record<"share_agreed" | "closable_issues" | "no_zone" | "zone_start", number>;
  issues: Record<
    "readings" | "fewest_blockers" | "shortfall" | "zone_start" | "zone_end" | "text" | "closed_at",
    number
  >[];
}

type Lane =
  | ("minute" | "meeting" | "day" | "format" | "text" | "status" | "bracket" | "position" | "present" | "trust")
  | "perceived";

/** A run as the page shows it: of each series one moment after the other. */
interface Run extends Record<Lane, Float64Array | Int32Array | Uint8Array> {
  replication: number;
  outcome: number;
  turns: (Turn & { format: number })[];
  evenings: Evening[];
  seats: Seat[];
  events: Line[];
  verdict: string[];
  blocked: string;
}

/** What a seat believes, by delegate, then issue. */
type Outlook = { belief: Float64Array };

// ------------------------------------------------------------------ sentences

/** A place on a scale, for a sentence. */
interface Place extends Partial<Pick<Issue, "amounts" | "unit">> {
  low: string;
  high: string;
  value: number;
  between?: string[];
}

type Fillings = Record<string, string | number | string[] | Place>;
type Sentence = (key: string, fillings?: Fillings) => string;

// ------------------------------------------------------------------ a game

/** A decision: a number in a column of the choice of a turn; null in a journal for none. */
type Row = [turn: number, column: string, entry: number, value: number];
type Written = [column: string, entry: number, value: number];

interface Reply {
  act: string;
  values?: Record<string, number>;
  whom?: string[];
  amend?: number | null;
  argument?: number | null;
  call?: boolean;
}

type Answer = [turn: number, milliseconds: number, act: string, adviser: number, reply: Reply | null];

/** What a journal says beyond the game. */
interface About {
  table?: string;
  code?: string;
  attempt?: number;
  guess?: number | null;
}

interface Journal extends Required<About> {
  negsim: string;
  version: number;
  name: string;
  changes: string[];
  levels: string[];
  scenario: string;
  rules: string;
  seed: number | string;
  replication: number;
  seat: string;
  answers: Answer[];
  rows: [turn: number, column: string, entry: number, value: number | null][];
  result: { outcome: string; score: number; turns: number; digest: string } | null;
}

/** A journal to play again; without answers from its rows. */
type Source = Omit<Journal, "answers"> & { answers: Answer[] | null; case?: TableEnd["case"] };

/** A journal as the desk hands it to the end page. */
interface ClassJournal extends Journal {
  people?: string;
  attempts?: number;
  notes?: string[];
  shared?: string; // the name of its table, where other seats are people's, too
  case?: TableEnd["case"]; // where this page cannot lower it
  luck?: [way: string, mean: number, low: number, high: number][]; // of its seat, beside its deal
}

/** Which game a table plays. */
interface Deal {
  seat: string;
  seed: number | string;
  replication: number;
  levels: Setting;
  table?: string;
  code?: string;
}

/** What is kept of replies for the turns that they decide. */
interface Kept {
  day?: { at: string; reply: Reply | null };
  read?: { issue: number; sign: string; reply: Reply | null };
  pens?: { at: string; reply: Reply | null };
  once?: { at: number; reply: Reply | null };
}

/** A decision of the seat, the state before it, and what other people decided for the same turn. */
interface Snapshot {
  turn: Turn;
  move: string;
  at: number;
  rows: Row[];
  others: Row[];
  state: State;
}

/** A text that a turn puts to the room. */
interface Put {
  k: number;
  value: number;
  precision: number;
  pen: string | null;
  moved: boolean;
}

/** Where an issue stands, and what the seat wants of it. */
interface Bar {
  issue: string;
  now: number | null;
  yours: number;
  red: Red;
  closed: boolean;
  salience: number;
}

/** What a seat wants and never signs, as it was drawn: a sentence each; first: what matters most to it. */
type Drawn = Record<"first" | "wants" | "never", string[]>;

/** What somebody said in the corridor, by issue. */
type Confidence = Record<string, { stands: number; red: Limits; priority: string }>;

/** Red lines, infinite where there is none. */
type Limits = [low: number, high: number];

/** The same of all issues, by their numbers. */
type Told = { issues: { stands: number; red: Limits }[]; priority: string };

/** Somebody as the seat knows them. */
interface Person {
  name: string;
  group: number;
  present: boolean;
  me: boolean;
  trust: number | null;
  belief: Record<string, number>;
  confidence: Confidence | null;
  brackets: string[];
}

type Clock = { meeting: number; day: number; left: number; of: number; format: string | null };
type Most = { most: number; of: string[] };

/** What may be answered to a question. */
interface Answers {
  acts: string[];
  values?: string[];
  what?: string;
  may?: { amend?: boolean; call?: boolean };
  objection?: string;
  whom?: Most;
  secret?: { text: string; moved: number };
}

/** A question as the page has it. */
type Asked = Omit<Question, "remarksOn">;

interface Learned {
  who: string;
  issue: string;
  thought: number;
  stands: number;
  red: Red;
  priority: string;
}

type Thought = { thinks: number; stands: number } | null;

interface Card {
  kind: string;
  title: string;
  sentences: string[];
  issue: string | null;
  mine: boolean;
  trust: string;
  closed: boolean;
  lastBracketLifted: boolean;
  accepted?: string[];
  objected?: string[];
  bracketed?: string[];
  feared?: string[];
  unexpected?: string[];
  before?: number | null;
  after?: number;
  worth?: number | null;
  agreed?: string[];
  issues?: string[];
  handed?: string;
  learned?: Learned[];
  views?: Thought[] | null;
}

/** What a card compares with. */
type Notes = ReturnType<typeof import("./cards.js").notes>;
type Debrief = ReturnType<Aftermath["debrief"]>;
type Life = Debrief["issues"][number];
type Reading = Life["readings"][number];
type Belief = { who: string; issue: string; thought: number; true: number };
type WithModel = ReturnType<Aftermath["withModel"]>;

/** A decision and another answer in its place, each continued `of` times. */
interface TurningPoint {
  moment: number;
  day: string | null;
  time: string;
  title: string;
  given: string;
  other: string;
  share_given: number;
  share_other: number;
  of: number;
  score_given: number;
  score_other: number;
  sentence: string;
}

// ------------------------------------------------------------------ elements

type Child = Node | string | number | boolean | null | undefined | readonly Child[];
type Plain = string | number | boolean | null | undefined;
type Heard<E extends Event, T> = E & { target: T };

interface Attributes<T = Element> {
  click?: (event: Heard<MouseEvent, T>) => unknown;
  input?: (event: Heard<Event, T>) => unknown;
  change?: (event: Heard<Event, T>) => unknown;
  submit?: (event: Heard<Event, T>) => unknown;
  close?: (event: Heard<Event, T>) => unknown;
  keydown?: (event: Heard<KeyboardEvent, T>) => unknown;
  pointerdown?: (event: Heard<PointerEvent, T>) => unknown;
  pointermove?: (event: Heard<PointerEvent, T>) => unknown;
  [name: string]: Plain | ((event: never) => unknown);
}

/** The elements of the skeleton that are more than an HTMLElement. */
interface Skeleton {
  axis: HTMLSelectElement;
  measure: HTMLSelectElement;
  runs: HTMLSelectElement;
  moment: HTMLInputElement;
  progress: HTMLProgressElement;
  pin: HTMLButtonElement;
  reset: HTMLButtonElement;
  reveal: HTMLButtonElement;
  "other-seat": HTMLSelectElement;
  save: HTMLButtonElement;
}

/** A group's mark. */
interface Mark {
  label: string;
  colour: string;
  sides: number;
  letter: string;
}

type Point = [x: number, y: number];

// ------------------------------------------------------------------ the experiment

interface Estimate {
  value: number;
  low: number;
  high: number;
  runs: number;
  changed: number | null; // of a difference: the runs that differ
}

/** A point of a curve. */
interface Dot extends Estimate {
  level: number;
  made: number;
}

interface Curve {
  name: string;
  kind: string;
  letter: string;
  setting: Setting;
  points: Dot[];
}

type Pin = { letter: string; setting: Setting };

/** Where the knobs stand, and what is measured along which of them. */
interface View {
  axis: Knob;
  measure: Measure;
  setting: Setting;
}

interface PageState extends View {
  pins: Pin[];
  runs: number;
}

/** A guess that is made, before its answer. */
interface MadeGuess extends View {
  values: (number | null)[];
}

/** The runs of a setting so far. */
type Made = { levels: Setting; asked: number; done: number; values: Values; later: Map<number, Values> };

type Span = { low: number; high: number };

/** Where levels and values stand in the picture of a curve. */
interface Layout extends Span {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  isRows: boolean;
  at: (level: number, value: number) => Point;
  levelAt: (x: number, y: number) => number;
  valueAt: (x: number, y: number) => number;
}

/** An issue at a moment, for its scale. */
interface Scene {
  position: (seat: number) => number;
  present: (seat: number) => boolean;
  bracket: (seat: number) => boolean;
  text: number | null;
  status: Status;
  believed: ((seat: number) => number) | null;
}

/** The room at a moment. */
interface RoomScene {
  facts: Facts;
  marks: Mark[];
  moment: {
    seats: { present: boolean; held: number }[];
    speaker: number;
    evening: Evening | null;
    caption: string[];
  };
  eyes: number;
  choose: (seat: number) => unknown;
  width: number;
  height: number;
}

type Company = { label: string; members: number[]; isTable?: boolean };

/** A mark on a scale that is moved. */
interface Mover {
  label: string;
  short: string;
  value: number;
}

/** The scale of an issue, upright. */
interface Ladder {
  issue: Issue;
  bar: Bar;
  facts: TableFacts;
  people: Person[];
  worth?: number[] | null;
  write?: Mover | null;
  isDense?: boolean;
  tell: (name: string) => unknown;
}

type Tag = { name: string; value: number; kind: string };

/** What the parts of a table's screen share; tell: called with a name that is tapped. */
interface TablePage {
  facts: TableFacts;
  marks: Mark[];
  tell: (name: string) => unknown;
}

interface Sheet extends TablePage {
  question: Asked;
  answer: (reply: Reply | null) => unknown;
}

// ------------------------------------------------------------------ a class

/** A table of the end page. */
interface Played {
  journal: ClassJournal;
  n: number;
  name: string;
  problem?: string;
  moments?: { minute: number; text: Float64Array; status: Float64Array; held: number[] }[];
  reached?: string[];
  debrief?: Debrief;
  score?: number;
  turning?: Promise<TurningPoint[]> | null;
}

/** A table whose game is over and was played again. */
type Done = Played & Required<Pick<Played, "moments" | "debrief" | "score">>;

/** A guess of the reader's, at one setting. */
interface OwnGuess {
  setting: Setting;
  measure: Measure;
  expected: number;
}

/** A place in a run of the room; moment: null for its first event. seat: through whose eyes, -1 for nobody's. */
interface RoomPlace {
  setting: Setting;
  replication: number;
  moment: number | null;
  seat: number;
}

type Step = "back" | "next" | "start" | "end" | "toggle";

/** The ways into a class. */
interface Ways {
  enter: typeof import("./desk.js").enter;
  sitDown: typeof import("./shared.js").sitDown;
  askLuck(): Promise<{ luck: Record<string, Journal["luck"]>; is_all: boolean } | null>;
}

/** The strip of a class on the page of a table. */
interface Strip {
  table: HTMLElement;
  phase: HTMLElement;
  clock: HTMLElement;
  time: HTMLButtonElement;
  over: HTMLButtonElement;
  again: HTMLButtonElement;
  guess: HTMLElement;
  problem: HTMLElement;
}

/** Which game a table of a class plays, and who sits there; shared: with other people in other seats. */
type TableDeal = Deal & { table: string; people: string[]; writer: string; shared?: boolean; brief?: Drawn | null };

/** What the desk answers to a sign of life. */
interface DeskAnswer {
  phase?: string;
  problem?: string;
  over?: boolean;
  deal?: TableDeal;
  writes?: boolean;
  guess?: number | null;
  attempt?: number;
  left?: number | null;
  journal?: Journal;
  says?: string;
  finished?: boolean;
  asks?: boolean;
  again?: boolean;
  verdict?: string;
}

// ------------------------------------------------------------------ a table with several people

/** Bytes in base64, and where those that a seat may know lie: [begin, length]. */
type Known = { runs: [begin: number, length: number][]; bytes: string };

/** What somebody said in the corridor, by the numbers of issues; null where there is no red line. */
interface Saying {
  who: number;
  position: number[];
  red_low: (number | null)[];
  red_high: (number | null)[];
  priority: number;
}

/** How the others see the seat: their trust, and by issue where they think it to be. */
type Seen = { trust: number; thought: number[] };

/** How a table stands for one seat: the turn that is due, and the delegate's own answer to it. */
interface Now {
  next: [move: number, issue: number, who: number];
  would: number | null;
  seen: Seen;
}

/** What a turn has changed of what a seat may know. */
interface TableStep extends Now {
  turn: [move: number, issue: number, who: number];
  rows: Row[];
  words: string;
  bytes: string;
  events: string;
  answers: number[] | null;
  said: number | null;
  whom: number[] | null;
  told: Saying[];
  dinner: number[] | null;
}

/** Everything that a seat may know. */
interface WholeTable extends Now {
  seat: number;
  best: number;
  moves: number[];
  shapes: Record<string, number[]>;
  case: Known;
  state: Known;
  events: string;
  told: Saying[];
  readings: [issue: number, reading: { text: number | undefined; who: number[] }][];
}

/** A game that is over, to be played again. */
interface TableEnd {
  case: Record<string, { shape: number[]; bytes: string }>;
  seed: string;
  replication: number;
  rows: Journal["rows"];
  result: NonNullable<Journal["result"]>;
}

/** An answer that the page of a seat gave: the turn, what it took, and what it kept, as JSON. */
type Recalled = [turn: number, milliseconds: number, act: string, adviser: boolean | number, kept: string];

/** What the server says of a table. */
interface TableNews {
  turns: number;
  whole: WholeTable | null;
  steps: TableStep[];
  replies: Recalled[];
  asked: boolean;
  waits: string[];
  score: number | null;
  end: TableEnd | null;
  left: number | null;
  mark: string;
  problem: string;
}

/** What sheets decide of a turn, for the server; reply: to the question that was asked, if one was. */
interface Sent {
  turn: number;
  rows: Written[];
  reply?: { milliseconds: number; act: string; adviser: boolean; kept: string };
}

/** What a page shows of a game that the server keeps. */
type KnownJournal = Pick<Journal, "seat" | "seed" | "replication" | "levels" | "answers" | "rows"> & {
  result: Pick<NonNullable<Journal["result"]>, "outcome" | "score" | "turns"> | null;
};

// ------------------------------------------------------------------ the desk of a class, the projector, and texts that are checked

/** What a class deals, as tables.py reads it. */
interface Dealt {
  seats: string[][];
  levels: Setting[];
  seed: number;
  replication: number;
  people: number;
}

type DealtKnob = { label: string; levels: string[] };
type Phase = { name: string; label: string; minutes: number | null };
type ClassPlace = { table: number; seat: string; label: string };

interface ClassPerson {
  number: number;
  name: string;
  table: number | null;
  seat: string;
  guess: number | null;
  away: boolean;
}

interface ClassGame {
  number: number;
  finished: boolean;
  discarded: boolean;
  score: number | null;
}

/** A table as the wall shows it. */
interface WallTable {
  number: number;
  name: string;
  answers: number;
  finished: boolean;
  checking: boolean;
}

/** A table as the desk shows it. */
interface ClassTable extends WallTable {
  seats: { name: string; writes: number | null; people: number[] }[];
  levels: Setting;
  shared: boolean;
  asks: boolean;
  stuck: boolean;
  adviser: number;
  idle: number | null;
  waits: string[];
  notes: string[];
  games: ClassGame[];
  result: { outcome: string; score: number; scores?: Record<string, number> } | null;
}

/** A table with who sits there and what it was dealt, in words. */
interface ShownTable extends ClassTable {
  people: ClassPerson[];
  about: string;
  outcome: string;
  phase: string;
}

/** What the projector is told. */
interface WallState {
  phase: string;
  title: string;
  says: string;
  left: number | null;
  code: string;
  address: string;
  link: string;
  qr: string[];
  dealt: boolean;
  people: Pick<ClassPerson, "number" | "name" | "table">[];
  tables: WallTable[];
}

/** What the desk is told. */
interface ClassState extends WallState {
  people: ClassPerson[];
  tables: ClassTable[];
  deal: Dealt;
  seats: string[];
  groups: { label: string; seats: string[] }[];
  knobs: Record<string, DealtKnob>;
  drawn: [seed: number, replications: number] | null;
  is_telling: boolean;
  lets_in: boolean;
  losses: string[];
  unkept: string;
  look: string;
  outcomes: Record<string, string>;
  phases: Phase[];
  answer_seconds: number;
  most_at_seat: number;
  most_seconds: number;
  most_minutes: number;
}

/** Something that the teacher does. */
interface DeskAct {
  phase?: string;
  minutes?: number | null;
  deal?: Dealt;
  more?: number;
  door?: boolean;
  seat?: [person: number, table: number];
  chair?: string;
  seconds?: number;
  remove?: number;
  game?: [table: number, attempt: number, counts: boolean];
  again?: string;
}

interface DeskWays {
  act: (what: DeskAct) => unknown;
  phases: Phase[];
  most_minutes: number;
}

interface Forecast {
  rows: { ends: string; pooled: string; raw: string; share: number }[];
  runs: number;
  known: number;
  count: number;
}

/** What the studio answers to the text of a case. */
type CaseAnswer = { text?: string; forecast?: Forecast };

/** What the studio answers to a text; at: where a problem is. */
interface DraftAnswer<Place> extends CaseAnswer {
  heading: string;
  problems: { words: string; at: Place }[];
  is_good?: boolean;
  more?: string;
  link?: string;
  note?: string;
  caveat?: string;
}

// ------------------------------------------------------------------ the worker

/** A question to the worker, and how far its answer is. */
interface Work {
  id: number;
  ask: string;
  levels: Setting;
  seed: number | string;
  first: number;
  count: number;
  replication: number;
  moment: number;
  seat: number;
  game: number;
  journal: Source | null;
  reply: Reply | null;
  milliseconds: number;
  adviser: boolean;
  news: TableNews;
  end: TableEnd;
  steps?: Iterator<undefined, TurningPoint[]>;
}

/** What the page is told of a game at a table with several people. */
interface TableState {
  game: number;
  seat: number;
  question: Asked | null;
  cards: Card[];
  isOver: boolean;
  isWhole: boolean;
  send: Sent | null;
  people: Person[] | null;
  bars: Bar[];
  moments: Moment[];
  journal: KnownJournal;
}

/** What the page is told of a game. */
interface GameState extends TableState {
  journal: Journal;
}

/** What the worker answers to each kind of question. */
interface Replies {
  values: Values;
  run: Run;
  eyes: Outlook;
  play: GameState;
  answer: GameState;
  share: TableState;
  hear: TableState;
  finish: TableState;
  adviser: string;
  debrief: Debrief;
  withModel: WithModel;
  turning: TurningPoint[];
  end: boolean;
}

type Ask = <A extends keyof Replies>(question: { ask: A } & Record<string, unknown>) => Promise<Replies[A]>;

type ShownRun = Run & { setting: Setting };

type Arm = { agreed: number; score: number };
type Answered = Card & Required<Pick<Card, "agreed" | "bracketed">>;

/** The exports of the program. */
interface Exported {
  memory: WebAssembly.Memory;
  _initialize: () => void;
  malloc: (bytes: number) => number;
  free: (address: number) => void;
  [entry: string]: unknown;
}

// What stands at a place of a list is taken to be there, as `list[0]` is; so is what `find` looks for by a name or a code,
// and what a module looks for in the elements that it has made.

interface Array<T> {
  at(index: number): T;
  find(holds: (value: T, index: number) => unknown): T;
  findLast(holds: (value: T, index: number) => unknown): T;
  filter(holds: BooleanConstructor): Exclude<T, null | undefined | false | "" | 0>[];
}

interface ParentNode {
  querySelector(selectors: string): HTMLElement;
  querySelectorAll(selectors: "button" | "button:enabled"): NodeListOf<HTMLButtonElement>;
  querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
}
