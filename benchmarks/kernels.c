/* The rules that take the most of a run, in C: a statement heard by the room (5.3), frankly or not, a reading answered by
 * it (5.5 - 5.8), what is kept of one that failed (5.9), a paragraph closed, a package, the draws of a set-up, first
 * beliefs (5.1) and how things stand, an evening (section 6), a gap (5.10), and whether there is a zone of agreement (5.8).
 *
 * They work on the memory of the model's own tables. `tables.h`, with a struct for every type of table, is generated
 * from those types. The expressions are those of the kernels in their order, so that with -ffp-contract=off every bit
 * is the same; what a C programmer would take out of a loop is taken out.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tables.h"

struct room {
    const struct parameters *parameters;
    const struct seat *seats;       /* N */
    const struct setting *setting;
    const double *status_quo;       /* K */
    const struct stance *stances;   /* N,K */
    const int64_t *group_size;      /* G */
    const struct consent *consent;  /* G */
    const double *trust_mean;       /* N,N; [holder i, about j] */
    const struct plan *plan;        /* S */
    const int64_t *plan_seats;      /* S,N */
    const bool *plan_issues;        /* S,K */
    const bool *core;               /* K */
    const uint64_t *stream;         /* 2 */
    const struct clock *clock;      /* 1 */
    struct delegate *delegates;     /* N */
    struct caucus *caucuses;
    struct opinion *opinions;       /* K,N */
    double *believed;               /* K,N */
    double *squares;                /* K,N */
    double *trusted;                /* K,N */
    double *trusted_squares;        /* K,N */
    struct paragraph *paragraphs;   /* K */
    double *trust;                  /* N,N; [about j, holder i] */
    double *trust_base;             /* N,N */
    double *belief;                 /* K,N,N; [issue, about j, holder i] */
    int64_t n, issues, groups, caucus_count;
};

enum { TEXTS = 51 };
static const double PRECISION = 0.7; /* of text that people write down */
enum { NOBODY = -1, GROUP = -4 };
enum { ACCEPT, OBJECT, BLOCK };
enum { AGREED = 3, DISSENT, DROPPED };
enum { BLOCKING = 3 };

/* ----------------------------------------------------------------------- exp, log and power, as in elementary.py */

static const double LN2_HIGH = 6.93147180369123816490e-01, LN2_LOW = 1.90821492927058770002e-10;

static double power_of_2(int64_t k)
{
    const int64_t bits = (k + 1023) << 52;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static double scaled(double x, int64_t k)
{
    if (k < -1000)
        return x * power_of_2(k + 1000) * 0x1p-1000;
    return k > 1000 ? x * power_of_2(k - 1000) * 0x1p1000 : x * power_of_2(k);
}

static double own_exp(double x)
{
    if (isnan(x) || x > 7.09782712893383973096e02)
        return isnan(x) ? x : INFINITY;
    if (x < -7.45133219101941108420e02)
        return 0.0;
    const int64_t k = (int64_t)(1.44269504088896338700 * x + (x > 0.0 ? 0.5 : -0.5));
    const double high = x - k * LN2_HIGH, low = k * LN2_LOW, r = high - low, t = r * r, w = t * t;
    const double c = r - t * ((1.66666666666666019037e-01 + t * -2.77777777770155933842e-03)
        + w * ((6.61375632143793436117e-05 + t * -1.65339022054652515390e-06) + w * 4.13813679705723846039e-08));
    return scaled(1.0 - ((low - (r * c) / (2.0 - c)) - high), k);
}

static double own_log(double x)
{
    if (!(0.0 < x && x < INFINITY))
        return x == 0.0 ? -INFINITY : x > 0.0 ? x : NAN;
    int64_t bits, k = x < 0x1p-1022 ? -54 : 0;
    double m = k ? x * 0x1p54 : x;
    memcpy(&bits, &m, sizeof bits);
    k += (bits >> 52) - 1023;
    bits = (bits & ((1LL << 52) - 1)) | (1023LL << 52);
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951)
        m *= 0.5, k++;
    const double f = m - 1.0, s = f / (2.0 + f), z = s * s, w = z * z;
    const double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    const double odd = z * (6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    const double half = 0.5 * f * f;
    return k * LN2_HIGH - ((half - (s * (half + (even + odd)) + k * LN2_LOW)) - f);
}

static double power(double x, double y)
{
    return y == 0.0 || x == 1.0 ? 1.0 : own_exp(y * own_log(x));
}

static int64_t at_least_one(int64_t count) { return count > 1 ? count : 1; }

static double at_least_none(double x) { return x > 0.0 ? x : 0.0; }

static double clip(double x) { return x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x; }

/* ------------------------------------------------------------------------------ those who have a say */

static bool is_closed(const struct paragraph *p) { return p->status == AGREED || p->status == DISSENT; }

static bool is_open(const struct paragraph *p) { return !is_closed(p) && p->status != DROPPED; }

static bool none_open(const struct room *r)
{
    for (int64_t k = 0; k < r->issues; k++)
        if (is_open(r->paragraphs + k))
            return false;
    return true;
}

static double power_of_others(const struct room *r, int64_t i) { return r->clock->power - r->delegates[i].power; }

static double trust_in_others(const struct room *r, int64_t i, bool all_issues)
{
    const double others = power_of_others(r, i), trusting = r->delegates[i].trusting;
    const double closeness = r->parameters->closeness;
    double weight = closeness * closeness * others, heard = closeness * closeness * trusting;
    if (others <= 0.0)
        return 1.0;
    for (int64_t k = 0; k < r->issues; k++)
        if (all_issues || is_open(r->paragraphs + k)) {
            const int64_t at = k * r->n + i;
            const double x = r->opinions[at].position, s = r->opinions[at].salience;
            weight += s * (x * (x * others - 2.0 * r->believed[at]) + r->squares[at]);
            heard += s * (x * (x * trusting - 2.0 * r->trusted[at]) + r->trusted_squares[at]);
        }
    return clip(heard / weight);
}

static double susceptibility(const struct room *r, int64_t i)
{
    const double others = power_of_others(r, i);
    const double isolation = others <= 0.0 ? 0.0 : 1.0 - r->delegates[i].trusted / others;
    return r->delegates[i].openness * (1.0 - r->parameters->isolation_closing * isolation);
}

static double centre(const struct room *r, int64_t k, int64_t i)
{
    const double x = r->opinions[k * r->n + i].position;
    return r->clock->power == 0.0 ? x : (r->delegates[i].power * x + r->believed[k * r->n + i]) * r->clock->share;
}

/* ------------------------------------------------------------------------------------------- a statement */

static void room_moves_in(const struct room *r, int64_t j, double share, double level)
{
    const int64_t n = r->n;
    struct delegate *restrict delegates = r->delegates;
    double *restrict trust = r->trust + j * n;
    const double power = delegates[j].power, itself = trust[j];
    double received = 0.0;
    trust[j] = level;
    for (int64_t k = 0; k < r->issues; k++) {
        double *restrict trusted = r->trusted + k * n, *restrict squares = r->trusted_squares + k * n;
        double *restrict belief = r->belief + (k * n + j) * n;
        belief[j] = 0.0;
        for (int64_t i = 0; i < n; i++) {
            const double first = power * share * (level - trust[i]) * belief[i];
            trusted[i] += first;
            squares[i] += first * belief[i];
        }
        belief[j] = NAN;
    }
    for (int64_t i = 0; i < n; i++) {
        const double change = share * (level - trust[i]);
        trust[i] += change;
        delegates[i].trusting += power * change;
        received += delegates[i].power * change;
    }
    delegates[j].trusted += received;
    trust[j] = itself;
}

static void hear(const struct room *r, int64_t j, int64_t k, double said, double frankness, double pressure)
{
    const int64_t n = r->n;
    const struct parameters *restrict p = r->parameters;
    const struct delegate *restrict delegates = r->delegates;
    struct opinion *restrict opinions = r->opinions + k * n;
    const double *restrict trust = r->trust + j * n;
    double *restrict belief = r->belief + (k * n + j) * n;
    double *restrict believed = r->believed + k * n, *restrict squares = r->squares + k * n;
    double *restrict trusted = r->trusted + k * n, *restrict trusted_squares = r->trusted_squares + k * n;
    const double learning = (p->learning + frankness * (p->frank_learning - p->learning)) * (1.0 - 0.5 * pressure);
    const double earned = p->trust_gain * 0.1 * frankness, power = delegates[j].power;

    opinions[j].statement = said;
    for (int64_t i = 0; i < n; i++) {
        struct opinion *o = opinions + i;
        if (i == j || !delegates[i].present)
            continue;
        const double before = belief[i], change = learning * (said - before);
        const double first = power * change, second = first * (2.0 * before + change);
        belief[i] = before + change;
        believed[i] += first;
        squares[i] += second;
        trusted[i] += trust[i] * first;
        trusted_squares[i] += trust[i] * second;
        const double a = susceptibility(r, i), target = a * said + (1.0 - a) * o->instructions;
        o->position = o->position + p->persuasion * trust[i] * (target - o->position);
    }
    if (earned > 0.0)
        room_moves_in(r, j, earned, 1.0);
}

void statements(const struct room *r, const double *said, int64_t times, int64_t visit, double frankness)
{
    for (int64_t turn = 0; turn < times; turn++)
        hear(r, turn % r->n, (turn / visit) % r->issues, said[turn], frankness, 0.0);
}

/* The same, unfrank, with what it walks through in columns and without a branch: what a layout for this rule would give. */
void statements_in_columns(const struct room *r, const double *said, int64_t times, int64_t visit)
{
    const int64_t n = r->n, cells = n * r->issues;
    const struct parameters *p = r->parameters;
    double *columns = malloc((4 * n + 2 * cells) * sizeof *columns), *openness = columns, *power = columns + n;
    double *trusted_by = columns + 2 * n, *hears = columns + 3 * n, *positions = columns + 4 * n, *anchors = positions + cells;
    const double all = r->clock->power, closing = p->isolation_closing;

    for (int64_t i = 0; i < n; i++) {
        const struct delegate *d = r->delegates + i;
        openness[i] = d->openness, power[i] = d->power, trusted_by[i] = d->trusted, hears[i] = d->present;
    }
    for (int64_t at = 0; at < cells; at++)
        positions[at] = r->opinions[at].position, anchors[at] = r->opinions[at].instructions;
    for (int64_t turn = 0; turn < times; turn++) {
        const int64_t j = turn % n, k = (turn / visit) % r->issues;
        const double y = said[turn], own = power[j], heard = hears[j];
        double *restrict x = positions + k * n, *restrict belief = r->belief + (k * n + j) * n;
        double *restrict believed = r->believed + k * n, *restrict squares = r->squares + k * n;
        double *restrict trusted = r->trusted + k * n, *restrict trusted_squares = r->trusted_squares + k * n;
        const double *restrict trust = r->trust + j * n, *restrict a = anchors + k * n, *restrict ears = hears;

        r->opinions[k * n + j].statement = y;
        hears[j] = 0.0, belief[j] = 0.0;
#pragma GCC ivdep
        for (int64_t i = 0; i < n; i++) {
            const double others = all - power[i], isolation = others <= 0.0 ? 0.0 : 1.0 - trusted_by[i] / others;
            const double open = openness[i] * (1.0 - closing * isolation), target = open * y + (1.0 - open) * a[i];
            const double moved = x[i] + p->persuasion * trust[i] * (target - x[i]), before = belief[i];
            const double change = ears[i] > 0.0 ? p->learning * (y - before) : 0.0;
            const double first = own * change, second = first * (2.0 * before + change);
            x[i] = ears[i] > 0.0 ? moved : x[i];
            belief[i] = before + change;
            believed[i] += first;
            squares[i] += second;
            trusted[i] += trust[i] * first;
            trusted_squares[i] += trust[i] * second;
        }
        hears[j] = heard, belief[j] = NAN;
    }
    for (int64_t at = 0; at < cells; at++)
        r->opinions[at].position = positions[at];
    free(columns);
}

/* --------------------------------------------------------------------------------------------- a reading */

static double trust_in_group(const struct room *r, int64_t k, int64_t i)
{
    double total = 0.0;
    int64_t members = 0;
    for (int64_t j = 0; j < r->n; j++)
        if (r->opinions[k * r->n + j].drafter) {
            total += r->trust[j * r->n + i];
            members++;
        }
    return total / at_least_one(members);
}

static double pen_trust(const struct room *r, const struct reading *text, int64_t i, double trust)
{
    if (!text->known || text->pen == NOBODY)
        return trust;
    if (text->pen >= 0)
        return r->trust[text->pen * r->n + i];
    return text->pen == GROUP ? trust_in_group(r, text->issue, i) : r->delegates[i].chair_trust;
}

static double no_deal(const struct room *r, int64_t i, int64_t k, double middle)
{
    const double hope = r->parameters->hope, outside = 1.0 - r->seats[i].outside_option;
    const struct opinion *o = r->opinions + k * r->n + i;
    const double lost = (1.0 - hope) * fabs(r->status_quo[k] - o->position) + hope * fabs(middle - o->position);
    return o->weight * (outside < lost ? outside : lost);
}

static double loss(const struct parameters *p, const struct opinion *o, double quo, double y, double vague)
{
    const double distance = fabs(y - o->position) * (1.0 - p->ambiguity * vague);
    return o->weight * (distance + p->dilution * vague * fabs(o->position - quo));
}

static double surplus(const struct room *r, int64_t i, int64_t k, double y, double precision, double middle)
{
    const struct opinion *o = r->opinions + k * r->n + i;
    return no_deal(r, i, k, middle) - loss(r->parameters, o, r->status_quo[k], y, 1.0 - precision);
}

/* real: K, where those who have a say meet; NULL: where i believes it. */
static double credit(const struct room *r, int64_t i, int64_t inside, double trust, const double *real)
{
    double certain = 0.0, hoped = 0.0;
    int64_t elsewhere = 0;
    for (int64_t m = 0; m < r->issues; m++) {
        const struct paragraph *p = r->paragraphs + m;
        if (inside >> m & 1 || p->status == DROPPED)
            continue;
        if (is_closed(p)) {
            certain += surplus(r, i, m, p->text, p->precision, real ? real[m] : centre(r, m, i));
        } else {
            elsewhere++;
            if (!r->setting->separable) {
                const double middle = real ? real[m] : centre(r, m, i);
                hoped += surplus(r, i, m, middle, PRECISION, middle);
            }
        }
    }
    return at_least_none(certain + trust * at_least_none(hoped)) / (1.0 + elsewhere);
}

static double given(const struct room *r, int64_t i, int64_t k, double trust, const double *real)
{
    const double gives = r->parameters->goodwill * credit(r, i, (int64_t)1 << k, trust, real);
    const double most = r->parameters->package_tolerance;
    return r->core[k] && most < gives ? most : gives;
}

static double demands(const struct room *r, int64_t i, double trust, double pen_trust, double conceded, double pressure)
{
    const struct parameters *p = r->parameters;
    return p->aspiration * (1.0 - conceded)
        + r->delegates[i].spillover
        + p->devaluation * (1.0 - pen_trust)
        + pressure * (p->pressure_harm * (1.0 - trust) - p->pressure_help * trust);
}

static double mood(const struct room *r, int64_t i, int64_t k, double middle)
{
    return no_deal(r, i, k, middle) + r->opinions[k * r->n + i].temper - r->paragraphs[k].climate;
}

static double latitude(const struct room *r, const struct reading *text, int64_t i, double trust, double conceded)
{
    const int64_t k = text->issue;
    const double asked = demands(r, i, trust, pen_trust(r, text, i, trust), conceded, text->pressure);
    const double lost = mood(r, i, k, centre(r, k, i));
    return at_least_none(at_least_none(lost) + given(r, i, k, trust, NULL) - at_least_none(asked));
}

static double loss_of(const struct room *r, const struct reading *text, int64_t i)
{
    const struct opinion *o = r->opinions + text->issue * r->n + i;
    return loss(r->parameters, o, r->status_quo[text->issue], text->value, 1.0 - text->precision);
}

static bool crosses_red_line(const struct opinion *o, double y) { return y < o->red_low || y > o->red_high; }

static double shortfall(const struct room *r, const struct reading *text, int64_t i, double trust, double conceded)
{
    if (crosses_red_line(r->opinions + text->issue * r->n + i, text->value))
        return INFINITY;
    return loss_of(r, text, i) - latitude(r, text, i, trust, conceded);
}

static void shortfalls(const struct room *r, const struct reading *text, double *restrict out)
{
    const double conceded = power(text->t, r->parameters->concession_exponent);
    const bool all_issues = none_open(r);
    for (int64_t i = 0; i < r->n; i++)
        out[i] = shortfall(r, text, i, trust_in_others(r, i, all_issues), conceded);
}

static void respond(const struct room *r, const double *restrict shortfall, int64_t *restrict response)
{
    for (int64_t i = 0; i < r->n; i++)
        response[i] = r->delegates[i].present && shortfall[i] > 0.0 ? OBJECT : ACCEPT;
}

struct tally {
    int64_t objectors, blockers, dissenters, present;
    bool majority_everywhere, groups_consent, weight_consents, all_object;
};

static void count_caucuses(const struct room *r, const int64_t *restrict response)
{
    for (int64_t c = 0; c < r->caucus_count; c++)
        r->caucuses[c] = (struct caucus){0, 0};
    for (int64_t i = 0; i < r->n; i++)
        if (r->delegates[i].present) {
            struct caucus *caucus = r->caucuses + r->seats[i].caucus;
            caucus->present++;
            caucus->objecting += response[i] != ACCEPT;
        }
}

static double blocking_cost(double cost, const struct caucus *c)
{
    return c->present <= 1 ? cost : cost * (1.0 - (double)(c->objecting - 1) / (double)(c->present - 1));
}

static bool weight_consents(const struct room *r, const int64_t *restrict response)
{
    double accepting = 0.0, present = 0.0;
    if (r->setting->weight_accept <= 0.0)
        return true;
    for (int64_t i = 0; i < r->n; i++)
        if (r->delegates[i].present) {
            present += r->seats[i].voting_weight;
            accepting += response[i] == ACCEPT ? r->seats[i].voting_weight : 0.0;
        }
    return accepting >= (r->setting->weight_accept - 1e-12) * present;
}

static struct tally settle(const struct room *r, const double *restrict shortfall, int64_t *restrict response)
{
    const double relief = r->setting->record_dissent ? r->parameters->dissent_relief : 0.0;
    struct tally all = {0, 0, 0, 0, true, true, true, false};
    int64_t against = 0;
    count_caucuses(r, response);
    for (int64_t g = 0, first = 0; g < r->groups; first += r->group_size[g++]) {
        int64_t accepting = 0, members = 0, blockers = 0;
        for (int64_t i = first; i < first + r->group_size[g]; i++) {
            const struct seat *seat = r->seats + i;
            if (!r->delegates[i].present)
                continue;
            members++;
            if (response[i] == ACCEPT) {
                accepting++;
                continue;
            }
            const double cost = blocking_cost(r->parameters->block_cost, r->caucuses + seat->caucus);
            against += r->delegates[i].power > 0.0;
            if (!seat->may_block)
                response[i] = OBJECT;
            else if (response[i] == OBJECT && shortfall[i] > cost + relief)
                response[i] = BLOCK;
            else if (response[i] == OBJECT && shortfall[i] > cost)
                all.dissenters++;
            blockers += response[i] == BLOCK;
        }
        all.present += members;
        all.objectors += members - accepting;
        all.blockers += blockers;
        all.majority_everywhere = all.majority_everywhere && accepting >= (0.5 + 1e-9) * members;
        all.groups_consent = all.groups_consent && accepting >= (r->consent[g].accept - 1e-12) * members
            && blockers <= r->consent[g].blocks;
    }
    all.weight_consents = weight_consents(r, response);
    all.all_object = r->clock->parties > 0 && against == r->clock->parties;
    return all;
}

static bool passes(const struct room *r, const struct tally *tally)
{
    const bool enough = tally->present - tally->objectors >= (r->setting->accept - 1e-12) * tally->present
        && tally->weight_consents;
    return (enough || tally->objectors < r->setting->minority) && tally->blockers <= r->setting->blocks
        && tally->groups_consent && !tally->all_object;
}

int64_t readings(const struct room *r, const struct reading *like, const double *value, int64_t times,
                 double *shortfall, int64_t *response)
{
    int64_t blockers = 0;
    for (int64_t turn = 0; turn < times; turn++) {
        struct reading text = *like;
        text.issue = turn % r->issues, text.value = value[turn], text.known = turn % 2 == 0;
        shortfalls(r, &text, shortfall);
        respond(r, shortfall, response);
        blockers += settle(r, shortfall, response).blockers;
    }
    return blockers;
}

/* -------------------------------------------------------------------------------------------- a package */

static double package_shortfall(const struct room *r, int64_t i, int64_t inside, double pressure, double t, double trust,
                                double conceded)
{
    double salience = 0.0, lost = 0.0, without = 0.0, asked = 0.0, core = -INFINITY;
    for (int64_t k = 0; k < r->issues; k++)
        if (inside >> k & 1) {
            const struct paragraph *p = r->paragraphs + k;
            const struct opinion *o = r->opinions + k * r->n + i;
            const struct reading text = {k, p->text, p->precision, p->pen, p->known, t, pressure};
            const double s = o->salience;
            lost += crosses_red_line(o, p->text) ? INFINITY : s * loss_of(r, &text, i);
            salience += s;
            without += s * mood(r, i, k, centre(r, k, i));
            asked += s * at_least_none(demands(r, i, trust, pen_trust(r, &text, i, trust), conceded, pressure));
            if (r->core[k]) {
                const double alone = shortfall(r, &text, i, trust, conceded);
                core = alone > core ? alone : core;
            }
        }
    if (lost == INFINITY)
        return INFINITY;
    if (salience <= 0.0)
        return at_least_none(core);
    const double gives = salience * r->parameters->goodwill * credit(r, i, inside, trust, NULL);
    const double whole = (lost - at_least_none(at_least_none(without) + gives - asked)) / salience;
    return core > 0.0 && core > whole ? core : whole;
}

void packages(const struct room *r, double pressure, double t, double *restrict out, int64_t times)
{
    const bool *agenda = r->plan_issues + r->clock->row * r->issues;
    while (times--) {
        const double conceded = power(t, r->parameters->concession_exponent);
        const bool all_issues = none_open(r);
        int64_t inside = 0;
        for (int64_t k = 0; k < r->issues; k++)
            if (agenda[k] && is_open(r->paragraphs + k) && !isnan(r->paragraphs[k].text))
                inside |= (int64_t)1 << k;
        for (int64_t i = 0; i < r->n; i++)
            out[i] = package_shortfall(r, i, inside, pressure, t, trust_in_others(r, i, all_issues), conceded);
    }
}

/* ---------------------------------------------------------------------------------------- addressed draws */

enum { POSITION = 1, SALIENCE, TEMPER, RED_LINE, TRUSTING, TRUSTED, CHAIR_TRUST, FLOOR = 9, ATTENDANCE = 18, TABLE };

static double uniform(const uint64_t *stream, uint64_t decision, uint64_t meeting, uint64_t turn, uint64_t issue,
                      uint64_t who, uint64_t whom)
{
    uint32_t c0 = stream[1], c1 = decision << 16 | meeting, c2 = turn << 16 | issue, c3 = who << 16 | whom;
    uint32_t k0 = stream[0], k1 = stream[0] >> 32;
    for (int round = 0; round < 10; round++) {
        const uint64_t p0 = UINT64_C(0xD2511F53) * c0, p1 = UINT64_C(0xCD9E8D57) * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = p0;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    return ((double)(((uint64_t)c0 << 32 | c1) >> 12) + 0.5) * 2.220446049250313e-16;
}

static double ratio(double x, const double *a, const double *b)
{
    const double above = ((((((a[7] * x + a[6]) * x + a[5]) * x + a[4]) * x + a[3]) * x + a[2]) * x + a[1]) * x + a[0];
    const double below = ((((((b[6] * x + b[5]) * x + b[4]) * x + b[3]) * x + b[2]) * x + b[1]) * x + b[0]) * x + 1.0;
    return above / below;
}

static double normal_quantile(double u)
{
    static const double
        a[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
               4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3},
        b[] = {4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
               3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3},
        c[] = {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
               1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2,
               7.74545014278341407640e-4},
        d[] = {2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
               1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
               1.05075007164441684324e-9},
        e[] = {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
               2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5,
               2.01033439929228813265e-7},
        f[] = {5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
               7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
               2.04426310338993978564e-15};
    const double q = u - 0.5;
    if (fabs(q) <= 0.425)
        return q * ratio(0.180625 - q * q, a, b);
    const double r = sqrt(-own_log(q < 0.0 ? u : 1.0 - u));
    const double size = r <= 5.0 ? ratio(r - 1.6, c, d) : ratio(r - 5.0, e, f);
    return q < 0.0 ? -size : size;
}

static double normal(const struct room *r, uint64_t decision, uint64_t issue, int64_t i)
{
    return normal_quantile(uniform(r->stream, decision, 0, 0, issue, r->seats[i].address, 0));
}

/* ------------------------------------------------------------------------------------------- the floor */

static double statement(const struct room *r, int64_t j, int64_t k, double conceded)
{
    const double x = r->opinions[k * r->n + j].position;
    return clip(x + r->parameters->posturing * (1.0 - conceded) * (x - centre(r, k, j)));
}

void floors(const struct room *r, double t, int64_t times)
{
    const double conceded = power(t, r->parameters->concession_exponent);
    for (int64_t turn = 0; turn < times; turn++) {
        const int64_t k = turn % r->issues;
        int64_t who = 0;
        for (int64_t i = 0; i < r->n; i++)
            if (r->delegates[i].wish < r->delegates[who].wish)
                who = i;
        struct delegate *d = r->delegates + who;
        r->opinions[k * r->n + who].statement = statement(r, who, k, conceded);
        d->spoken++;
        d->wish -= own_log(uniform(r->stream, FLOOR, 0, d->spoken, 0, r->seats[who].address, 0)) / r->seats[who].voice;
    }
}

/* ------------------------------------------------------------------------------------- a failed reading */

static void block(const struct room *r, int64_t *restrict response, int64_t turn)
{
    for (int64_t i = 0; i < r->n; i++)
        response[i] = (i + turn) % BLOCKING == 0 ? BLOCK : ACCEPT;
}

static void note_answers(const struct room *r, int64_t k, double y, const int64_t *restrict response, double conceded)
{
    const double fade = r->parameters->fade;
    for (int64_t i = 0; i < r->n; i++) {
        struct opinion *o = r->opinions + k * r->n + i;
        o->refused_below -= fade;
        o->refused_above += fade;
        if (!r->delegates[i].present)
            continue;
        if (response[i] == BLOCK) {
            const double asked = statement(r, i, k, conceded);
            if (asked > y)
                o->refused_below = o->refused_below > y ? o->refused_below : y;
            else if (asked < y)
                o->refused_above = o->refused_above < y ? o->refused_above : y;
            if (o->accepted_low <= y && y <= o->accepted_high)
                o->accepted_low = INFINITY, o->accepted_high = -INFINITY;
        } else {
            o->refused_below = o->refused_below < y ? o->refused_below : -INFINITY;
            o->refused_above = o->refused_above > y ? o->refused_above : INFINITY;
            o->accepted_low = o->accepted_low < y ? o->accepted_low : y;
            o->accepted_high = o->accepted_high > y ? o->accepted_high : y;
        }
    }
}

static double least_refused(const struct room *r, int64_t k, double wanted)
{
    int64_t refusals[TEXTS] = {0}, best = 0;
    double y[TEXTS];
    for (int64_t text = 0; text < TEXTS; text++)
        y[text] = text / (TEXTS - 1.0);
    for (int64_t i = 0; i < r->n; i++) {
        const double below = r->opinions[k * r->n + i].refused_below, above = r->opinions[k * r->n + i].refused_above;
        if (r->delegates[i].present && (below > -INFINITY || above < INFINITY))
            for (int64_t text = 0; text < TEXTS; text++)
                refusals[text] += y[text] <= below || y[text] >= above;
    }
    for (int64_t text = 0; text < TEXTS; text++)
        if (refusals[text] < refusals[best]
            || (refusals[text] == refusals[best] && fabs(y[text] - wanted) < fabs(y[best] - wanted)))
            best = text;
    return y[best];
}

void revisions(const struct room *r, int64_t *response, const double *value, double t, int64_t times)
{
    const double conceded = power(t, r->parameters->concession_exponent);
    for (int64_t turn = 0; turn < times; turn++) {
        struct paragraph *p = r->paragraphs + turn % r->issues;
        block(r, response, turn);
        note_answers(r, turn % r->issues, p->text, response, conceded);
        p->text = least_refused(r, turn % r->issues, value[turn]);
    }
}

/* ------------------------------------------------------------------------------------ a paragraph closed */

static void room_gains(const struct room *r, double amount)
{
    const int64_t n = r->n;
    double *restrict trust = r->trust;
    for (int64_t at = 0; at < n * n; at++)
        trust[at] += amount * (1.0 - trust[at]);
    for (int64_t i = 0; i < n; i++) {
        struct delegate *d = r->delegates + i;
        const double others = power_of_others(r, i);
        d->trusting += amount * (others - d->trusting);
        d->trusted += amount * (others - d->trusted);
    }
    double *restrict trusted = r->trusted, *restrict trusted_squares = r->trusted_squares;
    const double *restrict believed = r->believed, *restrict squares = r->squares;
    for (int64_t at = 0; at < r->issues * n; at++) {
        trusted[at] += amount * (believed[at] - trusted[at]);
        trusted_squares[at] += amount * (squares[at] - trusted_squares[at]);
    }
}

void closings(const struct room *r, int64_t times)
{
    while (times--)
        room_gains(r, r->parameters->trust_gain * 0.25);
}

/* -------------------------------------------------------------------------------------- running sums */

struct span { int64_t first, last; }; /* the members of a group */

static void find_spans(const struct room *r, struct span *spans)
{
    for (int64_t g = 0, first = 0; g < r->groups; first = spans[g++].last)
        spans[g] = (struct span){first, first + r->group_size[g]};
}

static void sum_beliefs(const struct room *r)
{
    const int64_t n = r->n;
    for (int64_t k = 0; k < r->issues; k++) {
        double *restrict believed = r->believed + k * n, *restrict squares = r->squares + k * n;
        double *restrict trusted = r->trusted + k * n, *restrict trusted_squares = r->trusted_squares + k * n;
        for (int64_t i = 0; i < n; i++)
            believed[i] = squares[i] = trusted[i] = trusted_squares[i] = 0.0;
        for (int64_t j = 0; j < n; j++) {
            double *restrict belief = r->belief + (k * n + j) * n;
            const double *restrict trust = r->trust + j * n;
            const double power = r->delegates[j].power;
            if (power <= 0.0)
                continue;
            belief[j] = 0.0;
            for (int64_t i = 0; i < n; i++) {
                const double first = power * belief[i], second = first * belief[i];
                believed[i] += first;
                squares[i] += second;
                trusted[i] += trust[i] * first;
                trusted_squares[i] += trust[i] * second;
            }
            belief[j] = NAN;
        }
    }
}

static void sum_trust(const struct room *r)
{
    const int64_t n = r->n;
    double trusting[n], power[n];
    for (int64_t i = 0; i < n; i++)
        trusting[i] = 0.0, power[i] = r->delegates[i].power;
    for (int64_t j = 0; j < n; j++) {
        const double *restrict trust = r->trust + j * n, own = power[j];
        double trusted = 0.0;
        for (int64_t i = 0; i < n; i++)
            trusting[i] += i == j ? 0.0 : own * trust[i];
        for (int64_t i = 0; i < n; i++)
            trusted += i == j ? 0.0 : power[i] * trust[i];
        r->delegates[j].trusted = trusted;
    }
    for (int64_t i = 0; i < n; i++)
        r->delegates[i].trusting = trusting[i];
    sum_beliefs(r);
}

/* -------------------------------------------------------------------------------------------- a set-up */

static void draw_people(const struct room *r)
{
    const int64_t n = r->n, issues = r->issues;
    const struct parameters *p = r->parameters;
    for (int64_t i = 0; i < n; i++) {
        double total = 0.0;
        for (int64_t k = 0; k < issues; k++) {
            const struct stance *s = r->stances + i * issues + k;
            struct opinion *o = r->opinions + k * n + i;
            o->position = clip(s->position + s->spread * (s->spread > 0.0 ? normal(r, POSITION, k, i) : 0.0));
            o->instructions = o->position;
            o->temper = p->temper * normal(r, TEMPER, k, i);
            o->red_low = s->red_low, o->red_high = s->red_high;
            if (s->red_spread > 0.0 && (s->red_low > -INFINITY || s->red_high < INFINITY)) {
                const double z = normal(r, RED_LINE, k, i);
                o->red_low += s->red_spread * z, o->red_high += s->red_spread * z;
            }
            o->salience = s->salience * own_exp(r->setting->salience_spread * normal(r, SALIENCE, k, i));
            total += o->salience;
        }
        for (int64_t k = 0; k < issues; k++) {
            struct opinion *o = r->opinions + k * n + i;
            o->salience /= total;
            o->weight = 1.0 - p->salience_weight + p->salience_weight * issues * o->salience;
        }
    }
}

static void draw_trust(const struct room *r)
{
    const int64_t n = r->n;
    const double spread = r->setting->trust_spread, half = spread * sqrt(0.5);
    double trusting[n], trusted[n];
    for (int64_t i = 0; i < n; i++) {
        struct delegate *d = r->delegates + i;
        trusting[i] = half * normal(r, TRUSTING, 0, i);
        trusted[i] = half * normal(r, TRUSTED, 0, i);
        d->chair_trust = d->chair_trust_base = clip(r->seats[i].chair_trust + spread * normal(r, CHAIR_TRUST, 0, i));
    }
    for (int64_t j = 0; j < n; j++) {
        double *restrict trust = r->trust + j * n, *restrict base = r->trust_base + j * n;
        for (int64_t i = 0; i < n; i++)
            trust[i] = base[i] = clip(r->trust_mean[i * n + j] + trusting[i] + trusted[j]);
        trust[j] = base[j] = 1.0;
    }
}

void draws(const struct room *r, int64_t times)
{
    while (times--) {
        draw_people(r);
        draw_trust(r);
    }
}

static void imagine_one(double exaggeration, const double *restrict x, const double *restrict trust,
                        double *restrict row, struct span s, double own, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const double across = clip(x[i] + (1.0 + exaggeration * (1.0 - trust[i])) * (own - x[i]));
        row[i] = i >= s.first && i < s.last ? own : across;
    }
}

static void imagine(const struct room *r)
{
    const int64_t n = r->n;
    struct span spans[r->groups];
    double x[n];
    find_spans(r, spans);
    for (int64_t k = 0; k < r->issues; k++) {
        for (int64_t i = 0; i < n; i++)
            x[i] = r->opinions[k * n + i].position;
        for (int64_t g = 0; g < r->groups; g++)
            for (int64_t j = spans[g].first; j < spans[g].last; j++) {
                double *row = r->belief + (k * n + j) * n;
                imagine_one(r->parameters->exaggeration, x, r->trust + j * n, row, spans[g], x[j], n);
                row[j] = NAN;
            }
    }
}

/* Into found: perceived distance, real distance, trust within and across groups. */
static void levels(const struct room *r, double *found)
{
    const int64_t n = r->n;
    struct span spans[r->groups];
    double x[n], perceived = 0.0, real = 0.0, within = 0.0, across = 0.0;
    int64_t pairs = 0, pairs_within = 0, pairs_across = 0;
    bool here[n];
    find_spans(r, spans);
    for (int64_t i = 0; i < n; i++)
        here[i] = r->delegates[i].present;
    for (int64_t k = 0; k < r->issues; k++) {
        for (int64_t i = 0; i < n; i++)
            x[i] = r->opinions[k * n + i].position;
        for (int64_t g = 0; g < r->groups; g++)
            for (int64_t j = spans[g].first; j < spans[g].last; j++) {
                const double *row = r->belief + (k * n + j) * n, own = x[j];
                if (!here[j])
                    continue;
                for (int64_t i = 0; i < n; i = i + 1 == spans[g].first ? spans[g].last : i + 1)
                    if (here[i] && (i < spans[g].first || i >= spans[g].last)) {
                        perceived += fabs(x[i] - row[i]);
                        real += fabs(x[i] - own);
                        pairs++;
                    }
            }
    }
    for (int64_t g = 0; g < r->groups; g++)
        for (int64_t j = spans[g].first; j < spans[g].last; j++) {
            const double *trust = r->trust + j * n;
            if (!here[j])
                continue;
            for (int64_t i = 0; i < n; i++) {
                if (i == j || !here[i])
                    continue;
                if (i >= spans[g].first && i < spans[g].last)
                    within += trust[i], pairs_within++;
                else
                    across += trust[i], pairs_across++;
            }
        }
    found[0] = perceived / pairs, found[1] = real / pairs;
    found[2] = within / pairs_within, found[3] = across / pairs_across;
}

void first_beliefs(const struct room *r, int64_t times)
{
    while (times--)
        imagine(r);
}

void standings(const struct room *r, double *found, int64_t times)
{
    while (times--)
        levels(r, found);
}

/* ------------------------------------------------------------------------------------------- an evening */

static void talk(const struct room *r, int64_t i, int64_t j, double amount)
{
    const int64_t n = r->n;
    r->trust[j * n + i] += amount * (1.0 - r->trust[j * n + i]);
    const double learning = r->parameters->frank_learning * r->trust[i * n + j];
    for (int64_t k = 0; k < r->issues; k++) {
        double *belief = r->belief + (k * n + j) * n + i;
        *belief += learning * (r->opinions[k * n + j].position - *belief);
    }
}

static int64_t shorter(int64_t gap) { return gap == 2 ? 1 : 5 * gap / 11; }

static void sort_by(const double *restrict keys, int64_t *restrict order, int64_t count)
{
    for (int64_t gap = shorter(count); gap > 0; gap = shorter(gap))
        for (int64_t last = gap; last < count; last++) {
            const int64_t one = order[last];
            const double key = keys[one];
            int64_t at = last;
            for (; at >= gap; at -= gap) {
                const int64_t other = order[at - gap];
                if (keys[other] < key || (keys[other] == key && other < one))
                    break;
                order[at] = other;
            }
            order[at] = one;
        }
}

static void sit(const struct room *r, const bool *diners, double quality)
{
    const struct plan *row = r->plan + r->clock->row;
    const double amount = fmin(1.0, r->parameters->contact_gain * quality);
    const int64_t n = r->n;
    double keys[n];
    int64_t order[n], count = 0;
    for (int64_t i = 0; i < n; i++)
        if (diners[i]) {
            keys[i] = r->seats[i].group
                + uniform(r->stream, TABLE, row->meeting, row->day, 0, r->seats[i].address, 0);
            order[count++] = i;
        }
    sort_by(keys, order, count);
    const int64_t tables = at_least_one((count + r->setting->table_size - 1) / r->setting->table_size);
    for (int64_t one = 0; one < count; one++)
        for (int64_t other = one % tables; other < count; other += tables)
            if (other != one)
                talk(r, order[one], order[other], amount);
}

static void close_ranks(const struct room *r, const bool *home, struct span s)
{
    const int64_t n = r->n;
    for (int64_t k = 0; k < r->issues; k++) {
        struct opinion *o = r->opinions + k * n;
        double mean = 0.0;
        int64_t members = 0;
        for (int64_t i = s.first; i < s.last; i++)
            if (home[i])
                mean += o[i].position, members++;
        mean /= members;
        for (int64_t i = s.first; i < s.last; i++)
            if (home[i]) {
                const double a = susceptibility(r, i), x = o[i].position;
                o[i].position = x + r->parameters->caucus_pull * (a * mean + (1.0 - a) * o[i].instructions - x);
            }
        for (int64_t j = s.first; j < s.last; j++)
            if (home[j]) {
                double *restrict row = r->belief + (k * n + j) * n;
                const double x = o[j].position;
                for (int64_t i = s.first; i < s.last; i++)
                    row[i] = home[i] ? x : row[i];
                row[j] = NAN;
            }
    }
}

static void caucus(const struct room *r, const bool *home)
{
    const int64_t n = r->n;
    bool members[n];
    for (int64_t c = 0; c < r->caucus_count; c++) {
        struct span s = {0, 0};
        int64_t count = 0;
        for (int64_t i = 0; i < n; i++) {
            members[i] = home[i] && r->delegates[i].present && r->seats[i].caucus == c;
            if (members[i])
                s = (struct span){count++ ? s.first : i, i + 1};
        }
        if (count > 1)
            close_ranks(r, members, s);
    }
}

static void evening(const struct room *r)
{
    const struct plan *row = r->plan + r->clock->row;
    const int64_t n = r->n;
    int64_t dinner[n], dinners = 0;
    bool mixed[n], some[n];
    for (int64_t i = 0; i < n; i++) {
        dinner[i] = mixed[i] = 0;
        if (!r->delegates[i].present)
            continue;
        dinner[i] = r->plan_seats[r->clock->row * n + i];
        dinners = dinner[i] > dinners ? dinner[i] : dinners;
        mixed[i] = dinner[i] == 0
            && uniform(r->stream, ATTENDANCE, row->meeting, row->day, 0, r->seats[i].address, 0) < row->mixed_share;
    }
    for (int64_t one = 1; one <= dinners; one++) {
        for (int64_t i = 0; i < n; i++)
            some[i] = dinner[i] == one;
        sit(r, some, row->quality);
    }
    sit(r, mixed, row->quality);
    if (row->caucus) {
        for (int64_t i = 0; i < n; i++)
            some[i] = dinner[i] == 0 && !mixed[i];
        caucus(r, some);
    }
    sum_trust(r);
}

void evenings(const struct room *r, int64_t times)
{
    while (times--)
        evening(r);
}

/* ----------------------------------------------------------------------------------------------- a gap */

void gaps(const struct room *r, double days, int64_t times)
{
    const double left = power(0.5, days / r->parameters->trust_half_life);
    while (times--) {
        double *restrict trust = r->trust;
        const double *restrict base = r->trust_base;
        for (int64_t at = 0; at < r->n * r->n; at++)
            trust[at] = base[at] + left * (trust[at] - base[at]);
        for (int64_t i = 0; i < r->n; i++) {
            struct delegate *d = r->delegates + i;
            d->chair_trust = d->chair_trust_base + left * (d->chair_trust - d->chair_trust_base);
        }
        sum_trust(r);
    }
}

/* ---------------------------------------------------------------------------------------------- a zone */

static void find_centres(const struct room *r, double *restrict real)
{
    for (int64_t k = 0; k < r->issues; k++) {
        real[k] = 0.0;
        for (int64_t i = 0; i < r->n; i++)
            real[k] += r->delegates[i].power * r->opinions[k * r->n + i].position;
        real[k] *= r->clock->share;
    }
}

static void accept_at_most(const struct room *r, int64_t k, const double *real, double *restrict accepted)
{
    for (int64_t i = 0; i < r->n; i++) {
        const double asked = demands(r, i, 1.0, 1.0, 1.0, 0.0), lost = mood(r, i, k, real[k]);
        accepted[i] = at_least_none(at_least_none(lost) + given(r, i, k, 1.0, real) - at_least_none(asked));
    }
}

static bool zone_exists(const struct room *r, int64_t k)
{
    const int64_t n = r->n;
    const struct opinion *opinions = r->opinions + k * n;
    double accepted[n], shortfall[n], real[r->issues];
    int64_t response[n];
    find_centres(r, real);
    accept_at_most(r, k, real, accepted);
    for (int64_t text = 0; text < TEXTS; text++) {
        const double y = text / (TEXTS - 1.0);
        for (int64_t i = 0; i < n; i++) {
            const double lost = loss(r->parameters, opinions + i, r->status_quo[k], y, 1.0 - PRECISION);
            shortfall[i] = crosses_red_line(opinions + i, y) ? INFINITY : lost - accepted[i];
        }
        respond(r, shortfall, response);
        const struct tally tally = settle(r, shortfall, response);
        if (passes(r, &tally))
            return true;
    }
    return false;
}

/* How many zones there are; issue after issue, and all of them so many times. */
int64_t zones(const struct room *r, int64_t times)
{
    int64_t found = 0;
    while (times--)
        for (int64_t k = 0; k < r->issues; k++)
            found += zone_exists(r, k);
    return found;
}
