"""A plain, slow, obvious twin of one negotiation, written from docs/rules.md: objects, dictionaries and lists.

It shares with the model the tables of a case, the names of moves and addressed draws, and nothing else. Means are
taken anew wherever they are needed; nothing is kept up to date on the side.
"""

import math
from statistics import fmean, median
from typing import NamedTuple

from negsim.negotiation.acceptance import ANY_NUMBER
from negsim.negotiation.tables import Move, Outcome, Pen, Row, Status
from negsim.randomness import SEATS_PER_GROUP, Decision, normal, stream, uniform

CLOSED = (Status.AGREED, Status.DISSENT)
SESSIONS = {Move.OPEN_SESSION, Move.CLOSE_SESSION} | {move for move in Move if Move.SPEAK <= move <= Move.WARN}
TEXTS = [number / 50.0 for number in range(51)]  # that a zone and a drafter look at


def clip(x):
    return min(1.0, max(0.0, x))


def by_name(row):
    return dict(zip(row.dtype.names, row.item(), strict=True))


def in_two_digits(x):
    return x if math.isinf(x) else math.floor(100.0 * x + 0.5) / 100.0


def mean_by(weight, value):
    """The mean of values by weight, both by delegate."""
    return math.fsum(w * value[d] for d, w in weight.items()) / math.fsum(weight.values())


class Answers(NamedTuple):
    """What a text was answered with: delegates."""

    objectors: list
    noes: list
    blockers: list
    dissenters: list


class Delegate:
    """One delegate: what it wants, believes and trusts. Lists are by issue, dictionaries by the other delegate."""

    def __init__(self, seat, number):
        self.number = number
        self.group, self.address, self.camp = int(seat["group"]), int(seat["address"]), int(seat["camp"])
        self.caucus = int(seat["caucus"])
        self.openness, self.voice, self.may_block = (
            float(seat["openness"]),
            float(seat["voice"]),
            bool(seat["may_block"]),
        )
        self.voting_weight = float(seat["voting_weight"])
        self.outside = None if math.isnan(seat["outside_option"]) else float(seat["outside_option"])
        self.without = None if math.isnan(seat["no_deal"]) else float(seat["no_deal"])
        self.aspiration, self.exponent = float(seat["aspiration"]), float(seat["concession_exponent"])
        self.goodwill = float(seat["goodwill"])
        self.present, self.spoken, self.wish, self.spillover = True, 0, 0.0, 0.0
        self.position, self.instructions, self.first, self.salience, self.weight = [], [], [], [], []
        self.temper, self.red, self.said = 0.0, [], []
        self.trust, self.belief = {}, {}
        self.chair_trust = 0.0

    def believe(self, other, k, share, towards):
        self.belief[other][k] += share * (towards - self.belief[other][k])

    def gain(self, other, amount):
        self.trust[other] += amount * (1.0 - self.trust[other])

    def lose(self, other, amount):
        self.trust[other] -= amount * self.trust[other]

    def go(self, k, x):
        self.position[k] = self.belief[self][k] = x


class Paragraph:
    """The text on one issue."""

    def __init__(self):
        self.text, self.precision, self.status = None, 0.0, Status.EMPTY
        self.pen, self.drafters = Pen.NOBODY, []
        self.brackets, self.judged = set(), False
        self.read_today = 0
        self.readings, self.closed_at = [], None  # of each reading the answers, and who was there
        self.refused_below, self.refused_above = {}, {}  # by delegate: texts that are known to be refused
        self.accepted = {}  # by delegate: the ends of the range of texts that it is known to accept
        self.before, self.blockers_before = None, 0  # text and precision before the last revision, and who blocked them
        self.minutes = 0.0  # that its readings took in this mandate
        self.passed_over = []  # delegates whose lone bracket did not stop it
        self.failed = []  # those whose amendment did not pass
        self.stopped_alone, self.by_seat, self.invited = set(), False, False
        self.amendments, self.amended = {}, set()  # that wait, by their movers; who has written one today
        self.read_amendments = []  # before the reading that is due

    @property
    def closed(self):
        return self.status in CLOSED

    @property
    def open(self):
        return not self.closed

    def write(self, text, precision, pen):
        self.text, self.precision, self.pen = text, precision, pen
        self.status, self.brackets, self.read_today, self.by_seat = Status.OPEN, set(), 0, False
        self.refused_below, self.refused_above, self.accepted, self.before = {}, {}, {}, None

    def replace(self, text, precision, mover):
        self.text, self.precision, self.pen, self.by_seat = text, precision, mover, True
        self.before = None

    def put_amendments_away(self):
        self.invited, self.amendments, self.read_amendments = False, {}, []

    def refusals(self, text, present):
        return sum(
            text <= self.refused_below.get(d, -math.inf) or text >= self.refused_above.get(d, math.inf) for d in present
        )


class Proposal:
    """What one delegate tabled; `waiting` are the issues still to be discussed."""

    def __init__(self, sponsor, values, waiting):
        self.sponsor, self.values, self.waiting = sponsor, values, waiting


SEARCHED = 24  # readings of a run whose texts are searched, which takes the twin long


class ReadText:
    """A paragraph that was read: where its text stood, what would have passed, whether it did.

    The texts that would have passed by a hair less and by a hair more, now and at most; of the first readings only.
    """

    def __init__(self, room, k):
        self.issue, self.text, self.passed = k, room.paragraphs[k].text, None
        if len(room.read_texts) < SEARCHED:
            self.now = [room.passable(k, at_most=False, ease=ease) for ease in (-1e-9, 1e-9)]
            self.at_most = [room.passable(k, at_most=True, ease=ease) for ease in (-1e-9, 1e-9)]


class Room:
    """One negotiation."""

    def __init__(self, case, seed, replication):
        self.case, self.p, self.setting = case, by_name(case.parameters[0]), by_name(case.setting[0])
        self.consent = [by_name(rule) for rule in case.consent]
        self.seed, self.stream = seed, stream(seed, replication)
        self.lot = self.stream  # of what people want
        self.issues = range(case.stances.shape[1])
        self.quo = [float(q) for q in case.status_quo]
        self.paragraphs = [Paragraph() for _ in self.issues]
        self.proposals = []
        self.row = self.turn = self.place = self.said = self.renewed = self.breaks = 0
        self.order = list(self.issues)  # of the session
        self.minute = self.session_ends = self.since_notice = 0.0
        self.to_read = None
        self.in_session = self.drafted = self.to_warn = False
        self.asked = self.showed = self.called = self.moved = self.pens_given = False
        self.locked, self.shown = None, set()
        self.to_offer, self.offers, self.offered = None, {}, set()
        self.movers, self.pens, self.taken_up = [], set(), None
        self.consulted, self.found, self.found_in_packages, self.late = [], 0, 0, set()
        self.warnings = 0
        self.climate = [self.climate_of(k) for k in self.issues]
        self.outcome = Outcome.RUNNING
        self.populate()
        for k, given in enumerate(case.text):
            self.start_from(k, given)
        self.zone_start, self.false_convergence = [self.zone_exists(k) for k in self.issues], set()
        self.parked, self.read_texts = [0 for _ in self.issues], []
        self.zones = [self.zone_when_shown(k) for k in self.issues] if self.setting["has_moves"] else None
        if self.zones:
            self.zone_start = [bool(zone) for zone in self.zones]

    def start_from(self, k, given):
        if math.isnan(given["value"]):
            return
        pen = int(given["pen"])
        whose = Pen(pen) if pen < 0 else next(d for d in self.delegates if d.address == pen)
        self.paragraphs[k].write(float(given["value"]), float(given["precision"]), whose)
        if given["agreed"]:
            self.paragraphs[k].status, self.paragraphs[k].closed_at = Status.AGREED, 0.0
            self.paragraphs[k].readings.append((Answers([], [], [], []), self.delegates))

    # ------------------------------------------------------------------------------------- draws

    def draw(self, decision, *, issue=0, who=0, whom=0, by_day=False):
        row = self.plan
        moment = int(row["day"]) if by_day else self.turn
        return uniform(self.stream, decision.value, int(row["meeting"]), moment, issue, who, whom)

    def climate_of(self, k):
        shared = self.p["climate"] * normal(self.stream, Decision.CLIMATE.value, 0, 0, 0, 0, 0)
        return shared + self.p["climate_by_issue"] * normal(self.stream, Decision.CLIMATE_OF_ISSUE.value, 0, 0, k, 0, 0)

    def first_draw(self, decision, delegate, issue=0):
        wanted = decision in {Decision.POSITION, Decision.SALIENCE}
        return normal(self.lot if wanted else self.stream, decision.value, 0, 0, issue, delegate.address, 0)

    # ------------------------------------------------------------------------------------- the people

    def populate(self):
        if not self.setting["dealt"]:
            self.gather()
            return
        own = self.stream
        for attempt in range(1000):
            self.stream = self.lot = stream(self.seed, attempt)
            self.gather()
            self.climate = [self.p["climate"] + self.p["climate_by_issue"] for _ in self.issues]
            if all(self.can_be_agreed(k) for k in self.issues):
                break
        self.stream = own
        self.climate = [self.climate_of(k) for k in self.issues]
        self.gather()
        self.lock()

    def can_be_agreed(self, k):
        if any(self.crosses_red_line(d, k, d.position[k]) for d in self.delegates):
            return False
        zone = self.zone(k)
        return bool(zone) and max(zone) - min(zone) >= 0.08

    def deal(self, k):
        """Move all wishes on an issue, and all red lines, by what is dealt, to two digits."""
        ends, draws = self.case.deal[k], [uniform(self.lot, Decision.DEAL.value, 0, 0, k, who, 0) for who in (0, 1)]
        moved = float(ends["position_low"] + draws[0] * (ends["position_high"] - ends["position_low"]))
        raised = float(ends["red_low"] + draws[1] * (ends["red_high"] - ends["red_low"]))
        for d in self.delegates:
            d.position[k] = d.instructions[k] = clip(in_two_digits(d.position[k] + moved))
            d.red[k] = tuple(in_two_digits(end + raised) for end in d.red[k])

    def lock(self):
        """Let a red line on one issue go beyond the nearest that faces it."""
        if math.isnan(self.setting["locked_low"]):
            return
        draws = [uniform(self.lot, Decision.LOCK.value, 0, 0, *at) for at in ((0, 0, 0), (0, 1, 0), (1, 0, 0))]
        k, gaps = int(draws[0] * len(self.issues)), (self.setting["locked_low"], self.setting["locked_high"])
        gap = float(gaps[0] + draws[2] * (gaps[1] - gaps[0]))
        low, high = max(d.red[k][0] for d in self.delegates), min(d.red[k][1] for d in self.delegates)
        facing = [
            d
            for d in self.delegates
            if (d.red[k][0] > -math.inf and high < math.inf) or (d.red[k][1] < math.inf and low > -math.inf)
        ]
        if not facing:
            return
        d = facing[int(draws[1] * len(facing))]
        below, above = d.red[k]
        if below > -math.inf:
            below = in_two_digits(high + gap)
            x = max(d.position[k], below)
        else:
            above = in_two_digits(low - gap)
            x = min(d.position[k], above)
        d.red[k], self.locked = (below, above), (d, k)
        d.instructions[k] = d.first[k] = x
        d.go(k, x)

    def gather(self):
        self.delegates = [Delegate(seat, number) for number, seat in enumerate(self.case.seats)]
        for d, stances in zip(self.delegates, self.case.stances, strict=True):
            d.temper = self.p["temper"] * self.first_draw(Decision.TEMPER, d)
            for k, stance in enumerate(stances):
                self.draw_stance(d, k, stance)
        if self.setting["dealt"]:
            for k in self.issues:
                self.deal(k)
        for d in self.delegates:
            total = sum(d.salience)
            sigma, issues = self.p["salience_weight"], len(d.salience)
            d.salience = [(1.0 - sigma) / issues + sigma * s / total for s in d.salience]
            d.weight = [issues * s for s in d.salience]
            self.join_camp(d)
            d.first = list(d.position)
        power = self.powers()
        for d in self.delegates:
            if d.camp >= 0:
                others = sum(m for other, m in power.items() if other.camp not in {-1, d.camp})
                d.spillover = self.setting["spillover"] * others / sum(power.values())
        self.draw_trust()
        for d in self.delegates:
            d.belief = {other: self.imagined(d, other) for other in self.delegates}
            self.wish_again(d)

    def draw_stance(self, d, k, stance):
        z = self.first_draw(Decision.POSITION, d, k) if stance["spread"] > 0.0 else 0.0
        d.position.append(clip(float(stance["position"] + stance["spread"] * z)))
        d.instructions.append(d.position[k])
        by = d.address - d.address % SEATS_PER_GROUP if stance["red_shared"] else d.address
        z = normal(self.lot, Decision.RED_LINE.value, 0, 0, k, by, 0) if stance["red_spread"] > 0.0 else 0.0
        moved = stance["red_spread"] * z
        d.red.append((float(stance["red_low"] + moved), float(stance["red_high"] + moved)))
        z = self.first_draw(Decision.SALIENCE, d, k)
        d.salience.append(float(stance["salience"]) * math.exp(self.setting["salience_spread"] * z))
        d.said.append(None)

    def join_camp(self, d):
        if d.camp == -2:
            d.camp, reached = -1, 0.0
            u = uniform(self.stream, Decision.CAMP.value, 0, 0, 0, d.address, 0)
            for camp, share in enumerate(self.case.camp_share[d.group]):
                reached += share
                if u < reached:
                    d.camp = camp
                    break
        if d.camp < 0:
            return
        for k in self.issues:
            line = self.case.camp_line[d.camp, k]
            if not math.isnan(line):
                linkage = self.setting["linkage"]
                d.position[k] = d.instructions[k] = float((1.0 - linkage) * d.instructions[k] + linkage * line)
            low, high = d.red[k]
            d.red[k] = (max(low, self.case.camp_red_low[d.camp, k]), min(high, self.case.camp_red_high[d.camp, k]))

    def draw_trust(self):
        spread = self.setting["trust_spread"]
        half = spread * math.sqrt(0.5)
        trusting = {d: half * self.first_draw(Decision.TRUSTING, d) for d in self.delegates}
        trusted = {d: half * self.first_draw(Decision.TRUSTED, d) for d in self.delegates}
        for d in self.delegates:
            for other in self.delegates:
                mean = self.case.trust_mean[d.number, other.number]
                d.trust[other] = 1.0 if d is other else clip(float(mean + trusting[d] + trusted[other]))
            seat = self.case.seats[d.number]
            d.chair_trust = clip(float(seat["chair_trust"] + spread * self.first_draw(Decision.CHAIR_TRUST, d)))

    def imagined(self, d, other):
        if d.group == other.group:
            return list(other.position)
        believed = []
        for k in self.issues:
            stretch = 1.0 + self.p["exaggeration"] * (1.0 - d.trust[other])
            believed.append(clip(d.position[k] + stretch * (other.position[k] - d.position[k])))
        return believed

    def wish_again(self, d):
        u = uniform(self.stream, Decision.FLOOR.value, 0, d.spoken, 0, d.address, 0)
        d.wish -= math.log(u) / d.voice

    # ------------------------------------------------------------------------------------- who and what

    @property
    def plan(self):
        return self.case.plan[self.row]

    @property
    def form(self):
        return self.case.formats[self.plan["format"] if self.taken_up is None else self.taken_up]

    @property
    def here(self):
        return [d for d in self.delegates if d.present]

    def others(self, d):
        return [other for other in self.here if other is not d]

    def outsiders(self, d):
        return [other for other in self.here if other.group != d.group]

    def named(self):
        return [d for d in self.delegates if self.case.plan_seats[self.row, d.number]]

    @property
    def t(self):
        start, end = self.plan["mandate_start"], self.plan["deadline"]
        return 1.0 if end <= start else min(1.0, (self.minute - start) / (end - start))

    @property
    def pressure(self):
        return self.setting["pressure"] * self.t**2 * self.form["pressure"]

    @property
    def frankness(self):
        return max(self.form["frankness"], self.plan["frankness"])

    def open_issues(self):
        return [k for k in self.issues if self.paragraphs[k].open]

    # ------------------------------------------------------------------------------------- rules 5.2 - 5.9

    def powers(self):
        """The power of everybody's consent, of those who are present and have any."""
        room, limit = self.setting, ANY_NUMBER
        mean_weight = fmean(d.voting_weight for d in self.here) if self.here else 0.0
        power = {}
        for d in self.here:
            group = self.consent[d.group]
            blocks = d.may_block and min(room["blocks"], group["blocks"]) < limit
            power[d] = 1.0 if blocks or max(room["accept"], group["accept"]) > 0.0 else 0.0
            if room["weight_accept"] > 0.0 and mean_weight > 0.0:
                power[d] += d.voting_weight / mean_weight
        if not any(power.values()):
            return dict.fromkeys(self.here, 1.0)
        return {d: m for d, m in power.items() if m > 0.0}

    def powers_of_others(self, d):
        return {other: m for other, m in self.powers().items() if other is not d}

    def trust_in_others(self, d):
        power = self.powers_of_others(d)
        return mean_by(power, d.trust) if power else 1.0

    def isolation(self, d):
        power = self.powers_of_others(d)
        return 1.0 - mean_by(power, {other: other.trust[d] for other in power}) if power else 0.0

    def susceptibility(self, d):
        return d.openness * (1.0 - self.p["isolation_closing"] * self.isolation(d))

    @staticmethod
    def concession(d, t):
        return t**d.exponent

    def centre(self, d, k, *, real=False):
        power = self.powers()
        if not power:
            return d.position[k]
        return mean_by(power, {other: other.position[k] if real else d.belief[other][k] for other in power})

    def statement(self, d, k, t, frankness):
        show = self.p["posturing"] * (1.0 - self.concession(d, t)) * (1.0 - frankness)
        return clip(d.position[k] + show * (d.position[k] - self.centre(d, k)))

    def hear(self, speaker, k, said, frankness=0.0, pressure=0.0):
        learning = (1.0 - frankness) * self.p["learning"] + frankness * self.p["frank_learning"]
        openness = {d: self.susceptibility(d) for d in self.here}
        speaker.said[k] = said
        for d in self.here:
            if d is speaker:
                continue
            d.believe(speaker, k, learning * (1.0 - pressure / 2.0), said)
            target = openness[d] * said + (1.0 - openness[d]) * d.instructions[k]
            d.go(k, self.held(d, k, d.position[k] + self.p["persuasion"] * d.trust[speaker] * (target - d.position[k])))

    def held(self, d, k, x):
        """A position, on a core issue no farther from the instructions than they leave room."""
        room, a = self.p["slack"] if self.case.core[k] else math.inf, d.instructions[k]
        return max(a - room, min(a + room, x))

    def loss(self, d, k, y, v):
        x = d.position[k]
        read_my_way = abs(y - x) * (1.0 - self.p["ambiguity"] * (1.0 - v))
        return d.weight[k] * (read_my_way + self.p["dilution"] * (1.0 - v) * abs(x - self.quo[k]))

    def no_deal(self, d, k, *, real=False):
        stay = self.forgone(d, k)
        better = max(0.0, stay - abs(self.centre(d, k, real=real) - d.position[k])) if d.without is None else 0.0
        without = d.weight[k] * (stay - self.p["hope"] * better)
        return without if d.outside is None else min(without, d.weight[k] * (1.0 - d.outside))

    def forgone(self, d, k):
        """How far from its position is what d has without text on k."""
        return abs(self.quo[k] - d.position[k]) if d.without is None else 1.0 - d.without

    def pen_trust(self, d, k, pen):
        if pen is Pen.NOBODY:
            return self.trust_in_others(d)
        if isinstance(pen, Delegate):
            return d.trust[pen]
        if pen is Pen.GROUP:
            return fmean(d.trust[member] for member in self.paragraphs[k].drafters)
        return d.chair_trust

    def surplus(self, d, k, y, v, *, real=False):
        """What a text gives d over no deal."""
        return self.no_deal(d, k, real=real) - self.loss(d, k, y, v)

    def credit(self, d, inside, trust, *, real=False):
        """The share, of each issue, of what d gains on others than those inside."""
        outside = [k for k in self.issues if k not in inside]
        closed = [k for k in outside if self.paragraphs[k].closed]
        still_open = [k for k in outside if self.paragraphs[k].open]
        texts = [(k, self.paragraphs[k].text, self.paragraphs[k].precision) for k in closed]
        hopes = [] if self.setting["separable"] else [(k, self.centre(d, k, real=real), 0.7) for k in still_open]
        certain = sum(self.surplus(d, *text, real=real) for text in texts)
        hoped = sum(self.surplus(d, *hope, real=real) for hope in hopes)
        return max(0.0, certain + trust * max(0.0, hoped)) / (1 + len(still_open))

    def demands(self, d, trust, pen_trust, conceded, pressure):
        p = self.p
        asked = d.aspiration * (1.0 - conceded) + d.spillover + p["devaluation"] * (1.0 - pen_trust)
        return asked + pressure * (p["pressure_harm"] * (1.0 - trust) - p["pressure_help"] * trust)

    def mood(self, d, k, *, real=False):
        """What no deal seems to cost d today."""
        return self.no_deal(d, k, real=real) + d.temper - self.climate[k]

    def latitude(self, d, k, pen_trust, conceded, pressure, *, real=False):
        trust = 1.0 if real else self.trust_in_others(d)
        gives = 0.0 if self.case.core[k] else d.goodwill * self.credit(d, {k}, trust, real=real)
        asked = max(0.0, self.demands(d, trust, pen_trust, conceded, pressure))
        return max(0.0, max(0.0, self.mood(d, k, real=real)) + gives - asked)

    def crosses_red_line(self, d, k, y):
        return y < d.red[k][0] or y > d.red[k][1]

    def shortfall(self, d, k, y, v, pen, *, t, pressure):
        if self.crosses_red_line(d, k, y):
            return math.inf
        return self.loss(d, k, y, v) - self.latitude(d, k, self.pen_trust(d, k, pen), self.concession(d, t), pressure)

    def shortfalls(self, k, y, v, pen, *, pressure):
        return {d: self.shortfall(d, k, y, v, pen, t=self.t, pressure=pressure) for d in self.here}

    def whole_shortfall(self, d, texts, t, pressure):
        """By how much texts (issue, place, precision, pen) that are put together fall short as a whole."""
        if any(self.crosses_red_line(d, k, y) for k, y, *_ in texts):
            return math.inf
        alone = {k: self.shortfall(d, k, y, v, pen, t=t, pressure=pressure) for k, y, v, pen in texts}
        core = max((f for k, f in alone.items() if self.case.core[k]), default=0.0)
        trust, conceded = self.trust_in_others(d), self.concession(d, t)
        lost = sum(self.loss(d, k, y, v) for k, y, v, _ in texts)
        mood = sum(self.mood(d, k) for k in alone)
        asked = sum(
            max(0.0, self.demands(d, trust, self.pen_trust(d, k, pen), conceded, pressure)) for k, _, _, pen in texts
        )
        gives = len(texts) * d.goodwill * self.credit(d, set(alone), trust)
        short = (lost - max(0.0, max(0.0, mood) + gives - asked)) / max(1, len(texts))
        return max(short, core) if core > 0.0 else short

    def package(self):
        """The issues whose open text is on the agenda."""
        agenda = self.case.plan_issues[self.row]
        return [k for k in self.open_issues() if agenda[k] and self.paragraphs[k].text is not None]

    def as_it_stands(self, k):
        text = self.paragraphs[k]
        return k, text.text, text.precision, text.pen

    def report_shortfall(self, d, issues):
        """What a report with the texts on these issues lacks for d, against no deal."""
        texts = [(k, self.paragraphs[k].text, self.paragraphs[k].precision) for k in issues]
        if any(self.crosses_red_line(d, k, y) for k, y, _ in texts):
            return math.inf
        return -sum(self.surplus(d, k, y, v) for k, y, v in texts)

    def blocking_cost(self, d, objectors):
        """Of one with power, by the others of its caucus who object and by all who accept."""
        power = self.powers()
        peers = [other for other in power if other.caucus == d.caucus]
        against = sum(other in objectors for other in peers) - (d in power)
        if d not in power:
            against = max(0, against - 1)
        backing = against / (len(peers) - 1) if len(peers) > 1 else 0.0
        crowd = min(1.0, (sum(other not in objectors for other in power) / 3.0) ** 2)
        return self.p["block_cost"] * crowd * (1.0 - backing)

    def settle(self, shortfall):
        objectors = [d for d in self.here if shortfall[d] > 0.0]
        relief = self.p["dissent_relief"] if self.setting["record_dissent"] else 0.0
        cost = {d: self.blocking_cost(d, objectors) for d in objectors}
        noes = [d for d in objectors if shortfall[d] > cost[d]]
        blockers = [d for d in noes if d.may_block and shortfall[d] > cost[d] + relief]
        return Answers(objectors, noes, blockers, [d for d in noes if d.may_block and d not in blockers])

    def zone(self, k):
        accepted = {d: self.latitude(d, k, 1.0, 1.0, 0.0, real=True) for d in self.here}
        return [y for y in TEXTS if self.would_pass(k, y, 0.7, accepted)]

    def zone_when_shown(self, k):
        """The zone, were whoever locks the issue shown the secret that moves its line most."""
        if self.locked is None or self.locked[1] != k:
            return self.zone(k)
        d, line = self.locked[0], self.locked[0].red[k]
        seats = [seat for n, seat in enumerate(self.case.seats) if n != d.number and seat["secret_issue"] == k]
        most = max((float(seat["secret"]) for seat in seats), default=0.0)
        d.red[k] = (line[0] - most, line[1] + most)
        zone, d.red[k] = self.zone(k), line
        return zone

    def zone_exists(self, k):
        return bool(self.zone(k))

    # ------------------------------------------------------------------------------------- rule 5.15

    def worth(self, d, k, y, v):
        a = d.first[k]
        lost = abs(y - a) * (1.0 - self.p["ambiguity"] * (1.0 - v))
        return d.salience[k] * (1.0 - lost - self.p["dilution"] * (1.0 - v) * abs(a - self.quo[k]))

    def result(self):
        """The text of each issue that is a part of the result, None for none."""
        if self.outcome == Outcome.VOTE:
            return [None if text.text is None else text for text in self.paragraphs]
        adopted = self.outcome in {Outcome.CONSENSUS, Outcome.PARTIAL}
        return [text if adopted and text.closed else None for text in self.paragraphs]

    def red_lines_signed(self, d):
        if self.outcome == Outcome.VOTE or not d.present:
            return 0
        return sum(text is not None and self.crosses_red_line(d, k, text.text) for k, text in enumerate(self.result()))

    def score(self, d):
        if self.zones is None:
            return math.nan
        own = d.without
        without = [self.worth(d, k, self.quo[k], 1.0) if own is None else d.salience[k] * own for k in self.issues]
        best = [max((self.worth(d, k, y, 0.7) for y in zone), default=without[k]) for k, zone in enumerate(self.zones)]
        got = [
            without[k] if text is None else self.worth(d, k, text.text, text.precision)
            for k, text in enumerate(self.result())
        ]
        points = 100.0 * (sum(got) - sum(without)) / max(0.1, sum(best) - sum(without))
        passed_over = sum(text.passed_over.count(d) for text in self.paragraphs)
        failed = sum(text.failed.count(d) for text in self.paragraphs)
        return points - 40.0 * self.red_lines_signed(d) - 15.0 * passed_over - 2.0 * failed

    def would_pass(self, k, y, v, accepted, ease=0.0):
        """Whether a text passes, with `ease` taken off every shortfall."""
        crossed = [d for d in self.here if self.crosses_red_line(d, k, y)]
        short = {d: math.inf if d in crossed else self.loss(d, k, y, v) - accepted[d] - ease for d in self.here}
        return bool(self.here) and self.passes(self.settle(short))

    def passable(self, k, *, at_most, ease):
        """The texts that would pass if they were read now, one by one; at_most: had all conceded everything."""
        text, accepted = self.paragraphs[k], self.accepted_now(k, at_most=at_most)
        return [y for y in TEXTS if self.would_pass(k, y, text.precision, accepted, ease)]

    def accepted_now(self, k, *, at_most=False):
        """The largest loss that each accepts if the text that stands is read now."""
        accepted = {}
        for d in self.here:
            conceded = 1.0 if at_most else self.concession(d, self.t)
            accepted[d] = self.latitude(d, k, self.pen_trust(d, k, self.paragraphs[k].pen), conceded, self.pressure)
        return accepted

    def nearest(self, k, accepted):
        """The text nearest to the one that stands that would pass, None for none."""
        text = self.paragraphs[k]
        found = [y for y in TEXTS if self.would_pass(k, y, text.precision, accepted)]
        return min(found, key=lambda y: (abs(y - text.text) // 1e-12, y), default=None)

    def knowledge(self, k):
        """How much the room knows: what is left of 1 by the mean error about those of other groups, by power."""
        pairs = [(d, other) for d in self.here for other in self.here if d.group != other.group]
        power = self.powers()
        weight = {(d, other): power.get(d, 0.0) * power.get(other, 0.0) for d, other in pairs}
        if not any(weight.values()):
            return 1.0
        error = mean_by(weight, {(d, other): abs(d.belief[other][k] - other.position[k]) for d, other in pairs})
        return max(0.0, 1.0 - error / self.p["knowledge_scale"])

    def passes(self, answers):
        """Whether the room's shares are reached, or too few say no to be a minority, and nothing else fails.

        Those whose consent has power must not all object.
        """
        rule, parties = self.setting, self.powers()
        if parties and all(d in answers.objectors for d in parties):
            return False
        by_heads = self.have_share(rule["accept"], answers, dict.fromkeys(self.here, 1.0))
        by_weight = self.have_share(rule["weight_accept"], answers, {d: d.voting_weight for d in self.here})
        if not (by_heads and by_weight) and len(answers.noes) >= rule["minority"]:
            return False
        groups = [[d for d in self.here if d.group == g] for g in range(len(self.consent))]
        return len(answers.blockers) <= rule["blocks"] and all(
            self.have_share(numbers["accept"], answers, dict.fromkeys(who, 1.0))
            and sum(d in answers.blockers for d in who) <= numbers["blocks"]
            for who, numbers in zip(groups, self.consent, strict=True)
        )

    @staticmethod
    def have_share(share, answers, weight):
        """Whether those of some who accept are a share of those who take sides; all, where all have to accept."""
        present = math.fsum(weight.values())
        yes = math.fsum(w for d, w in weight.items() if d not in answers.objectors)
        no = math.fsum(w for d, w in weight.items() if d in answers.noes)
        if share <= 0.0 or present <= 0.0:
            return True
        return yes > 0.0 and yes >= (share - 1e-12) * (present if share >= 1.0 else yes + no)

    def reading_minutes(self, blockers):
        return self.p["statement"] * (1.0 + 2.0 * min(len(blockers), 15))

    # ------------------------------------------------------------------------------------- whose turn

    def next_turn(self):
        """(move, issue, delegate); None for nobody and nothing."""
        kind = self.plan["kind"]
        if kind == Row.END or not self.open_issues() or not self.here:
            return Move.ADOPT, None, None
        if self.breaks < len(self.case.breaks) and self.minute >= self.case.breaks[self.breaks]["minute"] - 1e-9:
            return Move.CORRIDORS, None, None
        if kind == Row.SESSION:
            return self.next_in_session()
        if kind == Row.SUBMISSION:
            return Move.SUBMIT, None, (self.named() or self.delegates)[0]
        moves = {Row.EVENING: Move.EVENING, Row.GAP: Move.GAP, Row.REAFFIRM: Move.REAFFIRM, Row.MOTION: Move.MOTION}
        moves |= {Row.MEETING_END: Move.CLOSE_MEETING, Row.RENEWAL: Move.RENEW}
        return moves[Row(int(kind))], None, None

    def next_in_session(self):  # noqa: PLR0911 - one for each kind of turn
        if not self.in_session:
            return Move.OPEN_SESSION, None, None
        if self.session_ends - self.minute < self.p["statement"] - 1e-9:
            return Move.CLOSE_SESSION, None, None
        if self.setting["has_moves"] and (move := self.next_move()):
            return move
        if self.to_warn:
            return Move.WARN, None, None
        move, k, who = self.next_on_the_floor()
        if move is Move.READ and self.setting["amendments"]:
            if self.paragraphs[k].amendments:
                return Move.READ_AMENDMENT, k, min(self.paragraphs[k].amendments, key=lambda d: d.number)
            if not self.paragraphs[k].invited:
                return Move.AMEND, k, None
        return move, k, who

    def next_move(self):
        asks, shows = self.setting["questions"] and not self.asked, self.setting["secrets"] and not self.showed
        if asks or shows:
            return Move.ASK if asks else Move.SHOW, None, None
        if self.movers:
            return Move.VOTE, None, None
        if self.setting["motions"] >= 0 and not (self.moved or self.called) and self.form["closing"] != Move.READ:
            return Move.CALL, None, None
        if self.to_offer is not None:
            who = min(self.offers, key=lambda d: d.number, default=None)
            return (Move.OFFER if who is None else Move.READ_OFFER), self.to_offer, who
        if self.setting["pens"] and self.drafted and not self.pens_given and self.unread():
            return Move.TAKE_PEN, None, None
        return None

    def unread(self):
        agenda = self.case.plan_issues[self.row]
        return [
            k
            for k in self.open_issues()
            if agenda[k] and not self.paragraphs[k].readings and not self.paragraphs[k].by_seat
        ]

    # ------------------------------------------------------------------------------------- rule 5.16, the moves

    def decide(self, move, k=None):
        """By default nobody makes a move but seats of the model that take the initiative."""
        if self.setting["initiative"] <= 0.0:
            return {}
        if move is Move.AMEND:
            return self.likely_amendments(k)
        if move is Move.OFFER:
            return self.likely_offers(k)
        hopeful = [d for d in self.here if self.trust_in_others(d) >= 0.5]
        return {d: True for d in hopeful if self.starts(Decision.MOVING, d)} if move is Move.CALL else {}

    def starts(self, decision, d, k=0):
        return self.draw(decision, issue=k, who=d.address) < self.setting["initiative"]

    def standing(self, d):
        return 1.0 - self.isolation(d)

    def most_trusted(self, who, count):
        return sorted(who, key=lambda d: (-self.standing(d), d.number))[:count]

    def half_width(self, d, k, v, accepted):
        spent = self.p["dilution"] * (1.0 - v) * abs(d.position[k] - self.quo[k])
        return (accepted / d.weight[k] - spent) / (1.0 - self.p["ambiguity"] * (1.0 - v))

    def willing(self, d, k, y, h):
        """Those of the others who would take a text, as d sees it."""
        text, hair = self.paragraphs[k], 2e-11
        return [
            other
            for other in self.here
            if other is not d
            and abs(y - d.belief[other][k]) <= h + hair
            and text.refused_below.get(other, -math.inf) + hair < y < text.refused_above.get(other, math.inf) - hair
        ]

    def likeliest(self, d, k, h, reach, wanted):
        """The number of those who seem willing, and the text, None for none."""
        mine = [y for y in TEXTS if abs(y - d.position[k]) <= reach and not self.crosses_red_line(d, k, y)]
        count = {y: len(self.willing(d, k, y, h)) for y in mine}
        best = min(mine, key=lambda y: (-count[y], round(abs(y - wanted), 12), y), default=None)
        return count.get(best), best

    def likely_amendments(self, k):
        text, pressure, chosen = self.paragraphs[k], self.pressure, {}
        short = self.shortfalls(k, text.text, text.precision, text.pen, pressure=pressure)
        for d in self.settle(short).blockers:
            if d in text.amended or not self.starts(Decision.AMENDING, d, k):
                continue
            trust = self.pen_trust(d, k, text.pen)
            reach = self.half_width(
                d, k, max(text.precision, 0.7), self.latitude(d, k, trust, self.concession(d, self.t), pressure)
            )
            count, best = self.likeliest(d, k, reach, reach, d.position[k])
            if best is not None and count + 1 > len(self.content_with(d, k, reach)):
                chosen[d] = best
        return chosen

    def content_with(self, d, k, h):
        """Those of the others who seem to take the text that stands."""
        text = self.paragraphs[k]
        return [
            other
            for other in self.here
            if other is not d
            and abs(text.text - d.belief[other][k]) <= h
            and text.refused_below.get(other, -math.inf) < text.text < text.refused_above.get(other, math.inf)
        ]

    def likely_offers(self, k):
        """What makes up elsewhere for the text on k, so that both together do not fall short."""
        t, pressure, chosen = self.t, self.pressure, {}
        for d in self.here:
            f = self.shortfall(d, *self.as_it_stands(k), t=t, pressure=pressure)
            may = d in self.paragraphs[k].brackets and d not in self.offered and not self.case.core[k]
            if not may or not 0.0 < f < math.inf or not self.starts(Decision.OFFERING, d, k):
                continue
            found = {}
            for m in self.askable(k):
                there, v = self.paragraphs[m], max(self.paragraphs[m].precision, 0.7)
                accepted = self.latitude(d, m, 1.0, self.concession(d, t), pressure)
                reach = self.half_width(d, m, v, min(accepted, self.left_for(d, k, m, t, pressure)))
                wanted = d.position[m] if there.text is None else there.text
                count, best = self.likeliest(d, m, self.half_width(d, m, v, accepted), reach, wanted)
                if best is not None:
                    found[m] = -count, m, best
            if found:
                chosen[d] = min(found.values())[1:]
        return chosen

    def left_for(self, d, k, m, t, pressure):
        """What d may lose on m to accept it together with the text on k."""
        _, y, v, pen = self.as_it_stands(k)
        trust, conceded = self.trust_in_others(d), self.concession(d, t)
        pens = {k: self.pen_trust(d, k, pen), m: 1.0}
        mood = sum(self.mood(d, i) for i in pens)
        asked = sum(max(0.0, self.demands(d, trust, own, conceded, pressure)) for own in pens.values())
        gives = 2.0 * d.goodwill * self.credit(d, set(pens), trust)
        return max(0.0, max(0.0, mood) + gives - asked) - self.loss(d, k, y, v)

    def askable(self, k):
        return [m for m in self.open_issues() if m != k and self.case.plan_issues[self.row, m]]

    def amend(self, k):
        text = self.paragraphs[k]
        text.invited = True
        written = {d: y for d, y in self.decide(Move.AMEND, k).items() if d.present and d not in text.amended}
        for d in self.most_trusted(written, 3):
            text.amendments[d] = written[d]
            text.amended.add(d)

    def read_amendment(self, k, who):
        text = self.paragraphs[k]
        y, v = text.amendments.pop(who), max(text.precision, 0.7)
        short = self.shortfalls(k, y, v, who, pressure=self.pressure)
        answers = self.settle(short)
        over = self.passes_over(k, short, answers)
        passed = self.passes(answers) or over
        text.read_amendments.append((y, v, who, passed, answers, over))
        self.spend(self.p["statement"])
        if not passed:
            text.failed.append(who)
            for other in set(answers.blockers) - {who}:
                other.lose(who, self.p["trust_loss"])
            self.infer_answers(k, y, answers.blockers, self.t)
        late = self.session_ends - self.minute < self.p["statement"] - 1e-9
        passing = [one for one in text.read_amendments if one[3]]
        if passing and (late or not text.amendments):
            self.agree_on(k, min(passing, key=lambda one: (len(one[4].objectors), abs(one[0] - text.text))))

    def agree_on(self, k, amendment):
        y, v, who, _, answers, over = amendment
        text = self.paragraphs[k]
        text.replace(y, v, who)
        text.read_today += 1
        text.readings.append((answers, self.here))
        self.agree(k, answers, over=over)
        text.put_amendments_away()
        self.to_read = None
        self.end_visit(k)

    def passes_over(self, k, short, answers):
        """Whether the room passes over the bracket of the only one who blocks; the first is free, and costs trust."""
        if not self.is_lone(short, answers):
            return False
        (alone,) = answers.blockers
        if alone in self.paragraphs[k].stopped_alone:
            self.paragraphs[k].passed_over.append(alone)
            return True
        self.paragraphs[k].stopped_alone.add(alone)
        for other in self.others(alone):
            other.lose(alone, self.p["trust_loss"] * 0.25)
        return False

    def is_lone(self, short, answers):
        if not self.setting["lone_bracket"] or len(answers.blockers) != 1 or self.passes(answers):
            return False
        (alone,) = answers.blockers
        others = [d for d in answers.noes if d is not alone]
        return short[alone] < math.inf and self.passes(answers._replace(noes=others, blockers=[]))

    def offer(self, k):
        written = {
            d: (m, y)
            for d, (m, y) in self.decide(Move.OFFER, k).items()
            if d.present and d not in self.offered and m in self.askable(k)
        }
        for d in self.most_trusted(written, 2):
            self.offers[d] = written[d]
            self.offered.add(d)
        if not self.offers:
            self.to_offer = None

    def read_offer(self, k, who):
        m, y = self.offers.pop(who)
        v = max(self.paragraphs[m].precision, 0.7)
        both = [self.as_it_stands(k), (m, y, v, who)]
        short = {d: self.whole_shortfall(d, both, self.t, self.pressure) for d in self.here}
        answers = self.settle(short)
        self.spend(self.p["statement"])
        if self.passes(answers):
            self.offers = {}
            self.paragraphs[m].replace(y, v, who)
            for issue in (k, m):
                self.note_brackets(issue, answers)
                self.paragraphs[issue].readings.append((answers, self.here))
            for issue in (k, m):
                self.agree(issue, answers)
        if not self.offers:
            self.to_offer = None

    def ask(self):
        self.asked = True
        for d, asked in self.decide(Move.ASK).items():
            for other in asked:
                for k in self.issues:
                    d.believe(other, k, 1.0, other.position[k])

    def show(self):
        self.showed = True
        for d, other in self.decide(Move.SHOW).items():
            seat = self.case.seats[d.number]
            known = int(seat["secret_issue"]) >= 0
            if known and d not in self.shown and d is not other and d.present and other.present:
                self.tell(d, other)

    def tell(self, d, other):
        seat = self.case.seats[d.number]
        k, moved = int(seat["secret_issue"]), float(seat["secret"])
        other.red[k] = (other.red[k][0] - moved, other.red[k][1] + moved)
        self.shown.add(d)

    def may_tell(self, d, other):
        k = int(self.case.seats[d.number]["secret_issue"])
        return k >= 0 and d not in self.shown and any(map(math.isfinite, other.red[k]))

    def take_pen(self):
        self.pens_given = True
        wanted = {d: about for d, about in self.decide(Move.TAKE_PEN).items() if d.present and d not in self.pens}
        for k in self.unread():
            for d in self.most_trusted([d for d, (issue, _) in wanted.items() if issue == k], 1):
                self.paragraphs[k].write(wanted[d][1], 0.7, d)
                self.paragraphs[k].by_seat = True
                self.pens.add(d)

    def call(self):
        self.called = True
        self.movers = sorted((d for d in self.decide(Move.CALL) if d.present), key=lambda d: d.number)
        self.moved = bool(self.movers)

    def vote(self):
        first, backers = self.movers[0].address, 0
        for d in self.here:
            u = self.draw(Decision.BACKING, who=d.address, whom=first)
            backers += d in self.movers or u < fmean(d.trust[mover] for mover in self.movers)
        self.movers = []
        self.spend(self.p["statement"])
        if backers >= len(self.here) / 2.0:
            self.taken_up = int(self.setting["motions"])
            self.drafted, self.said, self.since_notice = False, 0, 0.0

    # ------------------------------------------------------------------------------------- the floor

    def next_on_the_floor(self):
        if self.to_read is not None:
            return Move.READ, self.to_read, None
        if self.form["drafts"] and not self.drafted:
            return Move.DRAFT, None, None
        k = self.next_issue()
        if k is None:
            return Move.CLOSE_SESSION, None, None
        if self.said < self.form["statements"]:
            return self.next_speaker(k)
        return self.closing_turn(k)

    def next_issue(self):
        count, reads = len(self.issues), self.form["closing"] == Move.READ
        due = [k for k in self.issues if self.case.plan_issues[self.row, k] and self.paragraphs[k].open]
        if reads:
            due = [k for k in due if not self.is_parked(k)]
        due.sort(key=lambda k: (self.order.index(k) - self.place) % count)
        late = [k for k in due if self.has_had_its_time(k)]
        due.sort(key=lambda k: (reads and self.paragraphs[k].text is None, k in late))
        self.late.update(late if due and due[0] not in late else [])
        return due[0] if due else None

    def is_parked(self, k):
        return self.paragraphs[k].read_today >= self.p["patience"]

    def next_speaker(self, k):
        who = min(self.delegates, key=lambda d: d.wish)
        if self.form["tabling"] and len(self.proposals) < 64:
            if self.draw(Decision.TABLING, who=who.address) < self.p["tabling_rate"]:
                return Move.TABLE, k, who
        return Move.SPEAK, k, who

    def closing_turn(self, k):
        closing, written = Move(int(self.form["closing"])), self.paragraphs[k].text is not None
        if closing is Move.DISCUSS:
            proposal = self.next_proposal(k)
            if proposal is not None:
                return Move.DISCUSS, k, proposal.sponsor
            return (Move.READ, k, None) if written else self.next_speaker(k)
        if closing is Move.READ and not written:
            return self.next_speaker(k)
        return closing, k, None

    def next_proposal(self, k):
        return next((proposal for proposal in self.proposals if k in proposal.waiting), None)

    # ------------------------------------------------------------------------------------- what follows

    def play(self):
        """Every turn, each after it was carried out."""
        while self.outcome == Outcome.RUNNING:
            move, issue, who = self.next_turn()
            self.turn += move in SESSIONS
            getattr(self, move.name.lower())(*(part for part in (issue, who) if part is not None))
            yield move, issue, who

    def spend(self, minutes):
        spent = min(minutes, self.session_ends - self.minute)
        self.minute += spent
        return spent

    def end_visit(self, k):
        self.place, self.said, self.since_notice = (self.order.index(k) + 1) % len(self.issues), 0, 0.0

    def speak(self, k, who):
        said = self.statement(who, k, self.t, self.frankness)
        self.hear(who, k, said, self.frankness)
        self.had_floor(who)
        self.since_notice += self.spend(self.p["statement"])
        self.said += 1
        nothing_to_close = self.form["closing"] == Move.NOTHING and self.said >= self.form["statements"]
        if nothing_to_close or self.said > self.form["statements"]:
            self.end_visit(k)

    def had_floor(self, who):
        who.spoken += 1
        self.wish_again(who)

    def blend(self, who, k):
        return clip(0.5 * who.position[k] + 0.5 * self.centre(who, k))

    def table(self, k, who):
        self.hand_in(who, {k: self.blend(who, k)})
        self.had_floor(who)
        self.since_notice += self.spend(2.0 * self.p["statement"])
        self.said += 1

    def submit(self, who):
        if who.present:
            values = {k: float(y) for k, y in enumerate(self.case.plan_values[self.row]) if not math.isnan(y)}
            self.hand_in(who, values or {k: self.blend(who, k) for k in self.issues})
        self.row += 1

    def hand_in(self, who, values):
        if len(self.proposals) == 64:
            return
        open_issues = {k for k in values if self.paragraphs[k].open}
        self.proposals.append(Proposal(who, values, open_issues))
        for k, value in values.items():
            who.said[k] = value

    def discuss(self, k, sponsor):
        proposal = self.next_proposal(k)
        y, v = proposal.values[k], self.form["precision"]
        trust = {d: self.pen_trust(d, k, sponsor) for d in self.here}
        accepted = {d: self.latitude(d, k, trust[d], self.concession(d, self.t), 0.0) for d in self.here}
        shortfall = self.shortfalls(k, y, v, sponsor, pressure=0.0)
        proposal.waiting.discard(k)
        self.hear(sponsor, k, y, self.frankness)
        answers = self.settle(shortfall)
        paragraph = self.paragraphs[k]
        better = paragraph.status == Status.EMPTY or len(answers.blockers) < len(paragraph.brackets)
        if self.passes(answers) or better:
            paragraph.write(y, v, sponsor)
            self.read(k, shortfall, accepted)
        else:
            paragraph.read_today += 1
            paragraph.readings.append((answers, self.here))
            minutes = self.spend(self.reading_minutes(answers.blockers))
            self.argue(k, answers.blockers, minutes, 0.0)
            self.end_visit(k)

    def read(self, k, shortfall=None, accepted=None):
        text, t, pressure = self.paragraphs[k], self.t, self.pressure
        as_paragraph = shortfall is None
        if as_paragraph:
            self.read_texts.append(ReadText(self, k))
            accepted = self.accepted_now(k)
            shortfall = self.shortfalls(k, text.text, text.precision, text.pen, pressure=pressure)
        answers = self.settle(shortfall)
        over = self.passes_over(k, shortfall, answers)
        passed = self.passes(answers) or over
        nearest = None if passed else self.nearest(k, accepted)
        if as_paragraph:
            self.read_texts[-1].passed = passed
        self.note_brackets(k, answers)
        text.readings.append((answers, self.here))
        self.to_read = None
        minutes = self.spend(self.reading_minutes(answers.blockers))
        text.minutes += minutes
        if passed:
            self.agree(k, answers, over=over)
        else:
            self.argue(k, answers.blockers, minutes, pressure)
            self.note_answers(k, answers.blockers, t)
            best = min(
                text.read_amendments, key=lambda one: (len(one[4].blockers), abs(one[0] - text.text)), default=None
            )
            if best is not None and len(best[4].blockers) < len(answers.blockers):
                text.status = Status.BRACKETED
                text.replace(*best[:3])
                text.brackets = set(best[4].blockers)
            else:
                self.revise(k, answers, t, nearest)
            self.to_offer = k if self.setting["offers"] and as_paragraph else None
            if text.pen is Pen.CHAIR:
                self.judge_chair(text)
            self.to_warn = pressure > 0.0 and self.warnings < 3
            self.parked[k] += self.is_parked(k)
        text.put_amendments_away()
        self.end_visit(k)

    def has_had_its_time(self, k):
        """Its share of the mandate, before the last call, in a room that adopts in parts."""
        shares, whole = len(self.issues) + 1, self.plan["deadline"] - self.plan["mandate_start"]
        used = self.paragraphs[k].minutes >= whole / shares
        return self.setting["separable"] and used and self.t * shares < shares - 1

    def read_package(self, k):
        t, pressure, package = self.t, self.pressure, self.package()
        texts = [self.as_it_stands(issue) for issue in package]
        short = {d: self.whole_shortfall(d, texts, t, pressure) for d in self.here}
        answers = self.settle(short)
        passed = self.passes(answers)
        nearest = {} if passed else {issue: self.nearest(issue, self.accepted_now(issue)) for issue in package}
        minutes = self.spend(self.reading_minutes(answers.blockers))
        for issue in package:
            self.note_brackets(issue, answers)
            self.paragraphs[issue].readings.append((answers, self.here))
            if passed:
                self.agree(issue, answers)
        if not passed:
            self.argue(k, answers.blockers, minutes, pressure)
            for issue in package:
                self.note_answers(issue, answers.blockers, t)
                found = self.found
                self.revise(issue, answers, t, nearest[issue])
                self.found_in_packages += self.found - found
        self.end_visit(k)

    def note_brackets(self, k, answers):
        self.paragraphs[k].read_today += 1
        self.paragraphs[k].brackets = set(answers.blockers)

    def agree(self, k, answers, *, over=False):
        recorded = over or (self.setting["record_dissent"] and answers.blockers + answers.dissenters)
        self.paragraphs[k].status = Status.DISSENT if recorded else Status.AGREED
        self.paragraphs[k].brackets, self.paragraphs[k].closed_at = set(), self.minute
        self.room_gains(self.p["trust_gain"] * 0.25)

    def room_gains(self, amount):
        for d in self.here:
            for other in self.others(d):
                d.gain(other, amount)

    def argue(self, k, blockers, minutes, pressure):
        t = self.t
        while_it_lasts = minutes / self.p["statement"] - 1.0 + 1e-9
        for heard, d in enumerate(blockers[:15]):
            if 2.0 * (heard + 1) <= while_it_lasts:
                self.hear(d, k, self.statement(d, k, t, 0.0), pressure=pressure)

    def note_answers(self, k, blockers, t):
        """Older refusals soften, each block is a new one, and who does not block is known to accept the text."""
        text, fade = self.paragraphs[k], self.p["fade"]
        text.refused_below = {d: y - fade for d, y in text.refused_below.items()}
        text.refused_above = {d: y + fade for d, y in text.refused_above.items()}
        self.infer_answers(k, text.text, blockers, t)

    def infer_answers(self, k, y, blockers, t):
        text = self.paragraphs[k]
        for d in self.here:
            below, above = text.refused_below.get(d, -math.inf), text.refused_above.get(d, math.inf)
            low, high = text.accepted.get(d, (math.inf, -math.inf))
            if d not in blockers:
                below = -math.inf if below >= y else below
                above = math.inf if above <= y else above
                text.accepted[d] = min(low, y), max(high, y)
            else:
                if self.statement(d, k, t, 0.0) > y:
                    below = max(below, y)
                elif self.statement(d, k, t, 0.0) < y:
                    above = min(above, y)
                if low <= y <= high:
                    del text.accepted[d]
            text.refused_below[d], text.refused_above[d] = below, above

    def revise(self, k, answers, t, nearest):
        """Write the nearest text that would have passed, if the room finds it; else move towards those who block."""
        text, form, blockers = self.paragraphs[k], self.form, answers.blockers
        text.status = Status.BRACKETED
        if nearest is not None and self.draw(Decision.FINDING, issue=k) < self.knowledge(k):
            text.text, text.before = nearest, None
            self.found += 1
            return
        if text.before is not None and len(blockers) > text.blockers_before:
            self.take_back(text)
            return
        followed = blockers or answers.objectors
        if not followed:
            return
        target = fmean(self.statement(d, k, t, 0.0) for d in followed)
        if form["memory"]:
            target = min(TEXTS, key=lambda y: (text.refusals(y, self.here), abs(y - target), y))
        known = [text.accepted[d] for d in followed if d in text.accepted]
        lower, higher = [high for _, high in known if high < text.text], [low for low, _ in known if low > text.text]
        target = min([max([target, *lower]), *higher])
        moved = 2.0 * self.draw(Decision.STEP, issue=k) * form["step"] * (target - text.text)
        before, precise = text.text, text.precision
        if not form["memory"] or abs(moved) >= 0.01:
            text.text = clip(text.text + moved)
        text.precision = max(min(self.p["precision_floor"], text.precision), text.precision - form["precision_step"])
        text.before, text.blockers_before = None if text.text == before else (before, precise), len(blockers)

    @staticmethod
    def take_back(text):
        """Half of the last step; the rest too, if it is small."""
        before, precision = text.before
        text.text, text.precision = (text.text + before) / 2.0, (text.precision + precision) / 2.0
        if abs(text.text - before) < 0.01:
            text.text, text.precision, text.before = before, precision, None

    def judge_chair(self, text):
        if text.judged:
            return
        text.judged, step = True, self.form["step"]
        for d in text.brackets:
            d.chair_trust += self.p["trust_gain"] * step * (1.0 - d.chair_trust)
            d.chair_trust -= self.p["trust_loss"] * 0.25 * (1.0 - step) * d.chair_trust

    def notice(self, k):
        minutes = self.since_notice + self.spend(self.form["minutes"])
        rate = self.p["noticing_rate"] * self.form["noticing"]
        chance = 1.0 - math.exp(-rate * minutes * self.overlap(k, self.t))
        weight = {d: m * d.salience[k] for d, m in self.powers().items() if d.said[k] is not None}
        self.end_visit(k)
        if any(weight.values()) and self.draw(Decision.NOTICING, issue=k) < chance:
            centre = mean_by(weight, {d: d.said[k] for d in weight})
            if not self.zone_exists(k):
                self.false_convergence.add(k)
            self.paragraphs[k].write(centre, self.form["precision"], Pen(int(self.form["pen"])))
            self.to_read = k

    def overlap(self, k, t):
        power, pairs, near = self.powers(), 0.0, 0.0
        for d in power:
            accepted = self.latitude(d, k, d.chair_trust, self.concession(d, t), 0.0)
            half_width = self.half_width(d, k, 0.7, accepted)  # of what is written down
            for other in power:
                if other is not d:
                    within = abs(d.position[k] - d.belief[other][k]) <= 2.0 * half_width
                    pairs += power[d] * power[other]
                    near += power[d] * power[other] * within
        return near / pairs if pairs > 0.0 else 0.0

    def draft(self):
        t, form, pen, drafted = self.t, self.form, Pen(int(self.form["pen"])), 0
        trades = form["closing"] == Move.READ_PACKAGE
        for k in self.open_issues():
            text = self.paragraphs[k]
            own = text.text is not None and (text.pen is pen or text.by_seat)
            if not self.case.plan_issues[self.row, k] or own:
                continue
            if self.draw(Decision.COVERAGE, issue=k) < form["coverage"]:
                weight = {d: m * (d.salience[k] if trades else 1.0) for d, m in self.powers().items()}
                stated = self.quo[k]
                if any(weight.values()):
                    stated = mean_by(weight, {d: self.statement(d, k, t, 0.0) for d in weight})
                blend = form["conservatism"] * self.quo[k] + (1.0 - form["conservatism"]) * stated
                text.write(blend, form["precision"], pen)
                drafted += 1
        self.drafted = True
        self.spend(max(self.p["statement"], self.form["minutes"] * drafted if trades else 0.0))

    def draft_in_group(self, k):
        t, drafters = self.t, []
        seats = 2 if len(self.case.group_size) <= 5 else 1
        for g in range(len(self.case.group_size)):
            members = [d for d in self.here if d.group == g]
            lots = {d: self.draw(Decision.DRAFTERS, issue=k, who=d.address) for d in members}
            drafters += sorted(members, key=lots.get)[:seats]
        drafters.sort(key=lambda d: d.number)
        statements = int(self.spend(self.form["minutes"]) / self.p["statement"])
        said = []
        for number, speaker in enumerate(drafters):
            if number < statements:
                for d in drafters:
                    if d is not speaker:
                        d.believe(speaker, k, self.p["frank_learning"] * self.frankness, speaker.position[k])
                        d.gain(speaker, self.p["trust_gain"] * self.frankness)
            said.append(self.statement(speaker, k, t, self.frankness))
        text = self.paragraphs[k]
        text.drafters = drafters
        text.write(fmean(said), self.form["precision"], Pen.GROUP)
        self.to_read = k
        self.end_visit(k)

    def poll(self, k):
        self.spend(self.form["minutes"])
        middle = median(d.position[k] for d in self.here)
        for d in self.here:
            change = self.p["learning"] * (middle - self.centre(d, k))
            for other in self.here:
                if other is not d:
                    d.believe(other, k, 1.0, clip(d.belief[other][k] + change))
        self.paragraphs[k].write(middle, self.form["precision"], Pen(int(self.form["pen"])))
        self.to_read = k
        self.end_visit(k)

    def warn(self):
        self.to_warn = False
        self.warnings += 1
        self.spend(self.p["statement"] / 3.0)

    # ------------------------------------------------------------------------------------- between sessions

    def open_session(self):
        self.in_session, self.drafted, self.to_warn, self.to_read = True, False, False, None
        self.said, self.place, self.since_notice = 0, 0, 0.0
        self.order = sorted(self.issues, key=lambda k: self.draw(Decision.ORDER, issue=k))
        self.taken_up, self.to_offer, self.offers = None, None, {}
        self.called, self.movers, self.pens_given = False, [], False
        self.minute = float(self.plan["starts"])
        self.session_ends = self.minute + float(self.plan["minutes"])
        for text in self.paragraphs:
            text.judged = False
            text.put_amendments_away()

    def close_session(self):
        self.minute, self.in_session, self.taken_up = self.session_ends, False, None
        self.row += 1

    def gap(self):
        if self.plan["record"]:
            self.read_record()
        if self.plan["consult"]:
            self.consult()
        if self.plan["reconsider"]:
            self.reconsider()
        self.row += 1

    def read_record(self):
        for other in self.here:
            for k, said in enumerate(other.said):
                for d in self.delegates:
                    if d is not other and said is not None:
                        d.believe(other, k, self.p["learning"], said)

    def consult(self):
        """Pen-holders ask everybody with a say, who answers with as much frankness as trust, what it would let pass."""
        for k in self.open_issues():
            text = self.paragraphs[k]
            if text.text is None or text.by_seat or text.pen not in {Pen.CHAIR, Pen.FACILITATOR, Pen.GROUP}:
                continue
            would, power = {d: self.says_it_would_take(d, k) for d in self.powers()}, self.powers()
            stays = self.power_within(power, would, text.text)
            for_it = {y: self.power_within(power, would, y) for y in TEXTS}
            most = max(for_it.values())
            best = min((y for y in TEXTS if for_it[y] == most), key=lambda y: (abs(y - text.text), y))
            if most > stays and abs(best - text.text) >= 0.01:
                text.write(best, text.precision, text.pen)
                self.consulted.append((k, best))

    @staticmethod
    def power_within(power, ranges, y):
        return round(
            math.fsum(m for d, m in power.items() if 50.0 * ranges[d][0] <= 50.0 * y <= 50.0 * ranges[d][1]), 9
        )

    def says_it_would_take(self, d, k):
        text = self.paragraphs[k]
        pen_trust = self.pen_trust(d, k, text.pen)
        says = self.statement(d, k, self.t, pen_trust)
        h = self.half_width(d, k, text.precision, self.latitude(d, k, pen_trust, self.concession(d, self.t), 0.0))
        return max(says - h, d.red[k][0]), min(says + h, d.red[k][1])

    def reconsider(self):
        """Capitals move towards where their delegates stand by now, but no farther than a text that they have seen."""
        circulate, days = self.plan["circulate"], self.plan["days"]
        for d in self.delegates:
            for k, text in enumerate(self.paragraphs):
                a, goal = d.instructions[k], d.position[k]
                if not math.isnan(circulate):
                    if text.text is None or days < circulate:
                        continue
                    goal = min(max(goal, min(a, text.text)), max(a, text.text))
                d.instructions[k] = a + self.p["reconsideration"] * (goal - a)

    def close_meeting(self):
        self.turn, self.moved = 0, False
        self.row += 1

    def reaffirm(self):
        for speaker in self.named():
            if speaker.present:
                for d in self.here:
                    if d is not speaker and d.camp != speaker.camp:
                        d.lose(speaker, min(1.0, self.p["trust_loss"] * self.plan["quality"]))
        self.row += 1

    def motion(self):
        movers, backers = self.named(), 0
        here = [mover for mover in movers if mover.present]
        for d in self.here:
            u = self.draw(Decision.MOTION, who=d.address, whom=movers[0].address, by_day=True) if movers else 0.0
            backers += not movers or (bool(here) and u < fmean(d.trust[mover] for mover in here))
        carried = backers >= len(self.here) / 2.0 or self.plan["otherwise"] < 0
        self.row = self.row + 1 if carried else int(self.plan["otherwise"])

    def evening(self):
        asked = self.case.plan_seats[self.row]
        dinners = [[d for d in self.here if asked[d.number] == number] for number in range(1, max(asked) + 1)]
        guests = [d for dinner in dinners for d in dinner]
        coming = {d: self.draw(Decision.ATTENDANCE, who=d.address, by_day=True) for d in self.here}
        mixed = [d for d in self.here if d not in guests and coming[d] < self.plan["mixed_share"]]
        openness = {d: self.susceptibility(d) for d in self.here}  # as the evening begins
        for dinner in dinners:
            self.sit(dinner)
        self.sit(mixed)
        if self.plan["caucus"]:
            self.caucus([d for d in self.here if d not in guests and d not in mixed], openness)
        self.walk_out()
        self.asked, self.showed, self.offered = False, False, set()
        for text in self.paragraphs:
            text.read_today, text.amended = 0, set()
        self.row += 1

    def corridors(self):
        due = self.case.breaks[self.breaks]
        before = {d: dict(d.trust) for d in self.here}
        for d in self.here:
            address = (int(due["meeting"]), int(due["day"]), int(due["number"]), d.address, 0)
            if uniform(self.stream, Decision.ACROSS.value, *address) >= due["across"]:
                continue
            pull = {other: before[d][other] for other in self.outsiders(d)}
            other = self.chosen(pull, uniform(self.stream, Decision.COMPANY.value, *address))
            if other is not None:
                attention = 7.0 * float(due["dose"])
                gained = self.absorbed(self.p["contact_gain"], attention)
                d.gain(other, gained)
                for mate in self.here:
                    if mate.group == other.group and mate is not other:
                        d.gain(mate, self.p["carry_over"] * gained)
                learning = self.absorbed(self.p["frank_learning"] * before[other][d], attention)
                for k in self.issues:
                    d.believe(other, k, learning, other.position[k])
                at = (int(due["meeting"]), int(due["day"]), int(due["number"]) + 1, d.address, other.address)
                u = uniform(self.stream, Decision.DISCLOSING.value, *at)
                if self.may_tell(d, other) and u < self.setting["disclosure"] * before[d][other]:
                    self.tell(d, other)
        self.breaks += 1

    @staticmethod
    def chosen(pull, u):
        reached, goal = 0.0, u * sum(pull.values())
        candidates = [other for other, weight in pull.items() if weight > 0.0]
        for other in candidates:
            reached += pull[other]
            if goal < reached:
                return other
        return candidates[-1] if candidates else None

    def sit(self, diners):
        places = {d: d.group + self.draw(Decision.TABLE, who=d.address, by_day=True) for d in diners}
        order = sorted(diners, key=places.get)
        tables = max(1, math.ceil(len(order) / self.setting["table_size"]))
        for first in range(min(tables, len(order))):
            self.talk(order[first::tables])

    @staticmethod
    def absorbed(amount, attention):
        """What so many times the usual attention does."""
        return 1.0 - (1.0 - amount) ** attention if amount < 1.0 else 1.0

    def talk(self, table):
        """Everybody hears everybody out, thinks better of the groups of those met, and may tell what only it knows."""
        attention = 7.0 / max(1, len(table) - 1)
        gained = self.absorbed(self.p["contact_gain"] * self.plan["quality"], attention)
        for d in table:
            for other in table:
                if other is not d:
                    d.gain(other, gained)
                    learning = self.absorbed(self.p["frank_learning"] * other.trust[d], attention)
                    for k in self.issues:
                        d.believe(other, k, learning, other.position[k])
        for d in table:
            for g in {other.group for other in table} - {d.group}:
                for other in self.here:
                    if other.group == g and other not in table:
                        d.gain(other, self.p["carry_over"] * gained)
            lots = {
                other: self.draw(Decision.DISCLOSING, who=d.address, whom=other.address, by_day=True)
                for other in table
                if other is not d and self.may_tell(d, other)
            }
            willing = [other for other in lots if lots[other] < self.setting["disclosure"] * d.trust[other]]
            if willing:
                self.tell(d, min(willing, key=lots.get))

    def caucus(self, at_home, openness):
        for number in sorted({d.caucus for d in at_home}):
            members = [d for d in at_home if d.caucus == number]
            if len(members) > 1:
                for k in self.issues:
                    self.close_ranks(members, k, openness)

    def close_ranks(self, members, k, openness):
        mean = fmean(d.position[k] for d in members)
        for d in members:
            a, x = openness[d], d.position[k]
            d.go(k, self.held(d, k, x + self.p["caucus_pull"] * (a * mean + (1.0 - a) * d.instructions[k] - x)))
        for d in members:
            for other in members:
                d.belief[other][k] = other.position[k]

    def walk_out(self):
        leaving = []
        for g in range(len(self.case.group_size)):
            everybody = [d for d in self.delegates if d.group == g]
            members = [d for d in everybody if d.present and d.outside is not None]
            u = self.draw(Decision.WALKOUT, who=everybody[0].address, by_day=True)
            if members:
                missed = fmean(d.outside for d in members) - fmean(self.text_value(d) for d in members)
                distrust = 1.0 - fmean(self.trust_in_others(d) for d in members)
                if u < 1.0 - math.exp(-self.p["walkout"] * max(0.0, missed) * distrust):
                    leaving += members
        for d in leaving:
            d.present, d.wish = False, math.inf
            for text in self.paragraphs:
                text.brackets.discard(d)
        for proposal in self.proposals:
            if not proposal.sponsor.present:
                proposal.waiting.clear()

    def text_value(self, d):
        value = 0.0
        for k, text in enumerate(self.paragraphs):
            none = d.weight[k] * self.forgone(d, k)
            lost = none if text.text is None else self.loss(d, k, text.text, text.precision)
            value += (d.weight[k] - lost) / len(self.issues)
        return value

    # ------------------------------------------------------------------------------------- how it ends

    def fewest_blockers(self, k):
        counts = [len(answers.blockers + answers.dissenters) for answers, _ in self.paragraphs[k].readings]
        return min(counts, default=len(self.delegates))

    def content(self, k):
        sides = [(len(here) - len(one.objectors), len(one.noes)) for one, here in self.paragraphs[k].readings]
        return max((yes / max(1, yes + no) for yes, no in sides), default=0.0)

    def majority_met(self, k):
        return any(
            all(
                sum(d not in one.objectors for d in who) > sum(d in one.noes for d in who)
                for who in self.by_group(here)
            )
            for one, here in self.paragraphs[k].readings
        )

    @staticmethod
    def by_group(here):
        return [[d for d in here if d.group == g] for g in {d.group for d in here}]

    def renewal_support(self):
        asking = 0
        for d in self.here:
            gained = sum(
                d.weight[k] * (self.forgone(d, k) - abs(self.centre(d, k) - d.position[k])) for k in self.issues
            )
            asking += gained > 0.0
        return asking / max(1, len(self.here))

    def renew(self):
        if self.renewal_support() < 0.5:
            self.adopt()
            return
        if self.plan["quality"] > 0.0:
            for d in self.here:
                for other in self.here:
                    for k in self.issues:
                        if other is not d:
                            d.believe(other, k, self.p["learning"], other.position[k])
        if self.plan["clean_slate"]:
            self.paragraphs = [Paragraph() for _ in self.issues]
        for text in self.paragraphs:
            text.minutes = 0.0
        for proposal in self.proposals:
            proposal.waiting.clear()
        self.renewed += 1
        self.row += 1

    def adopt(self):
        closed = [k for k in self.issues if self.paragraphs[k].closed]
        whole = len(closed) == len(self.paragraphs)
        short = {d: self.report_shortfall(d, closed) for d in self.here}
        answers = self.settle(short)
        passed = self.passes(answers) or self.is_lone(short, answers)
        agreed = self.here and closed and (whole or self.setting["separable"]) and passed
        if agreed:
            deserted = any(d.may_block and not d.present for d in self.delegates)
            self.outcome = Outcome.CONSENSUS if whole and not deserted else Outcome.PARTIAL
        elif self.vote_carries():
            self.outcome = Outcome.VOTE
        elif len(self.here) < len(self.delegates):
            self.outcome = Outcome.WALKOUT
        else:
            self.outcome = Outcome.CHAIR_REPORT if self.setting["chair_reports"] else Outcome.NONE

    def vote_carries(self):
        voters = [d for d in self.here if d.may_block]
        texts = [k for k in self.issues if self.paragraphs[k].text is not None]
        if math.isnan(self.setting["vote_share"]) or not voters or not texts:
            return False
        in_favour = sum(self.report_shortfall(d, texts) <= 0.0 for d in voters)
        return in_favour >= self.setting["vote_share"] * len(voters)
