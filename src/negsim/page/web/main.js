// A page without a game: the model to experiment with.

import { byId } from "./dom.js";
import { experiment } from "./experiment.js";
import { followLinks } from "./links.js";
import { connect } from "./model.js";

const facts = JSON.parse(byId("facts").textContent ?? "");
experiment(facts, connect(facts));
followLinks();
