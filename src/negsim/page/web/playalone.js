// The page of a game that plays alone.

import { begin } from "./play.js";

begin();
