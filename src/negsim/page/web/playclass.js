// The page of a game that a class plays, alone at a table or with others: the desk's line and the shared table come with it.

import { enter } from "./desk.js";
import { begin } from "./play.js";
import { post } from "./post.js";
import { sitDown } from "./shared.js";

begin({ enter, sitDown, askLuck: () => post("/class/luck", {}) });
