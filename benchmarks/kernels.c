/* The two hottest rules in C: a statement heard by the room (5.3), and a reading answered by it (5.5 - 5.8).
 *
 * They work on the memory of the model's own tables. `tables.h`, with a struct for every type of table, is generated
 * from those types. The expressions are those of the kernels in their order, so that with -ffp-contract=off every bit
 * is the same; what a C programmer would take out of a loop is taken out.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "tables.h"

struct room {
    const struct parameters *parameters;
    const struct seat *seats;       /* N */
    const struct setting *setting;
    const double *status_quo;       /* K */
    struct delegate *delegates;     /* N */
    struct opinion *opinions;       /* K,N */
    double *trust;                  /* N,N; [about j, holder i] */
    double *belief;                 /* K,N,N; [issue, about j, holder i] */
    int64_t n, issues;
};

enum { NOBODY = -1, GROUP = -4 };
enum { ACCEPT, OBJECT, BLOCK };

static int64_t at_least_one(int64_t count) { return count > 1 ? count : 1; }

static double trust_in_others(const struct delegate *d)
{
    return d->out_count == 0.0 ? 1.0 : d->trust_out / d->out_count;
}

static double isolation(const struct delegate *d)
{
    return d->out_count == 0.0 ? 0.0 : 1.0 - d->trust_received / d->out_count;
}

/* ------------------------------------------------------------------------------------------- a statement */

static double moved(const struct parameters *p, const struct delegate *d, const struct opinion *o, double trust,
                    double said)
{
    const double a = d->openness * (1.0 - p->isolation_closing * isolation(d));
    const double target = a * said + (1.0 - a) * o->instructions;
    return o->position + p->persuasion * trust * (target - o->position);
}

static void gain(struct delegate *speaker, struct delegate *d, double *trust, double amount)
{
    const double change = amount * (1.0 - *trust);
    *trust += change;
    if (d->group != speaker->group) {
        d->trust_out += change;
        speaker->trust_received += change;
    }
}

static void hear(const struct room *r, int64_t j, int64_t k, double said, double frankness, double pressure)
{
    const int64_t n = r->n;
    const struct parameters *restrict p = r->parameters;
    struct delegate *restrict delegates = r->delegates;
    struct opinion *restrict opinions = r->opinions + k * n;
    double *restrict trust = r->trust + j * n;
    double *restrict belief = r->belief + k * n * n;
    const double learning = (p->learning + frankness * (p->frank_learning - p->learning)) * (1.0 - 0.5 * pressure);
    const double earned = p->trust_gain * 0.1 * frankness;

    opinions[j].statement = said;
    for (int64_t i = 0; i < n; i++) {
        struct delegate *d = delegates + i;
        struct opinion *o = opinions + i;
        if (i == j || !d->present)
            continue;
        const double change = learning * (said - belief[j * n + i]);
        belief[j * n + i] += change;
        o->believed_room += change;
        if (d->group != delegates[j].group)
            o->believed_out += change;
        if (fabs(said - o->position) <= p->confidence_bound) {
            const double x = moved(p, d, o, trust[i], said);
            o->believed_room += x - o->position;
            o->position = x;
        }
        if (earned > 0.0)
            gain(delegates + j, d, trust + i, earned);
    }
}

void statements(const struct room *r, const double *said, int64_t times, int64_t visit)
{
    for (int64_t turn = 0; turn < times; turn++)
        hear(r, turn % r->n, (turn / visit) % r->issues, said[turn], 0.0, 0.0);
}

/* --------------------------------------------------------------------------------------------- a reading */

static int64_t count_present(const struct room *r)
{
    int64_t present = 0;
    for (int64_t i = 0; i < r->n; i++)
        present += r->delegates[i].present;
    return present;
}

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

static double pen_trust(const struct room *r, const struct reading *text, int64_t i)
{
    if (!text->known || text->pen == NOBODY)
        return 1.0;
    if (text->pen >= 0)
        return r->trust[text->pen * r->n + i];
    return text->pen == GROUP ? trust_in_group(r, text->issue, i) : r->delegates[i].chair_trust;
}

static double no_deal(const struct parameters *p, const struct seat *seat, const struct opinion *o, double quo,
                      int64_t present)
{
    if (!isnan(seat->outside_option))
        return o->weight * (1.0 - seat->outside_option);
    const double stay = fabs(quo - o->position);
    const double renewed = fabs(o->believed_room / at_least_one(present) - o->position);
    return o->weight * ((1.0 - p->hope) * stay + p->hope * renewed);
}

static void shortfalls(const struct room *r, const struct reading *text, double *restrict out)
{
    const struct parameters *restrict p = r->parameters;
    const int64_t present = count_present(r);
    const double quo = r->status_quo[text->issue], vague = 1.0 - text->precision;
    const double late = pow(text->t, p->concession_exponent);

    for (int64_t i = 0; i < r->n; i++) {
        const struct delegate *d = r->delegates + i;
        const struct opinion *o = r->opinions + text->issue * r->n + i;
        const double trust = trust_in_others(d);
        const double conceded = (1.0 - p->stubbornness * (1.0 - trust)) * late;
        const double accepted = no_deal(p, r->seats + i, o, quo, present)
            + p->goodwill * trust
            - p->aspiration * (1.0 - conceded)
            - p->isolation_hardening * isolation(d)
            - d->spillover
            - p->devaluation * (1.0 - pen_trust(r, text, i))
            + text->pressure * (p->pressure_help * trust - p->pressure_harm * (1.0 - trust))
            + o->temper;
        const double distance = fabs(text->value - o->position) * (1.0 - p->ambiguity * vague);
        const double loss = o->weight * (distance + p->dilution * vague * fabs(o->position - quo));
        out[i] = text->value < o->red_low || text->value > o->red_high ? INFINITY : loss - accepted;
    }
}

static void respond(const struct room *r, const double *restrict shortfall, int64_t *restrict response)
{
    for (int64_t i = 0; i < r->n; i++)
        response[i] = r->delegates[i].present && shortfall[i] > 0.0 ? OBJECT : ACCEPT;
}

static double blocking_cost(const struct room *r, const int64_t *response)
{
    int64_t objectors = 0;
    for (int64_t i = 0; i < r->n; i++)
        objectors += r->delegates[i].present && response[i] != ACCEPT;
    const double left = 1.0 - (objectors - 1) / (at_least_one(count_present(r)) / 10.0);
    return r->parameters->block_cost * (left > 0.0 ? left : 0.0);
}

/* The tally's counts that nothing here reads are summed up all the same: they are part of the work. */
static int64_t settle(const struct room *r, const double *restrict shortfall, int64_t *restrict response,
                      int64_t *restrict dissenters, bool *restrict everywhere)
{
    const double cost = blocking_cost(r, response);
    const double relief = r->setting->record_dissent ? r->parameters->dissent_relief : 0.0;
    int64_t blockers = 0, accepting = 0, members = 0;

    *dissenters = 0, *everywhere = true;
    for (int64_t i = 0; i < r->n; i++) {
        const struct seat *seat = r->seats + i;
        if (i > 0 && seat->group != seat[-1].group) {
            *everywhere = *everywhere && (members == 0 || 2 * accepting > members);
            accepting = members = 0;
        }
        if (!r->delegates[i].present)
            continue;
        members++;
        accepting += response[i] == ACCEPT;
        if (!seat->may_block && response[i] == BLOCK)
            response[i] = OBJECT;
        else if (seat->may_block && response[i] == OBJECT && shortfall[i] > cost) {
            if (shortfall[i] > cost + relief)
                response[i] = BLOCK;
            else
                ++*dissenters;
        }
        blockers += response[i] == BLOCK;
    }
    *everywhere = *everywhere && (members == 0 || 2 * accepting > members);
    return blockers;
}

int64_t readings(const struct room *r, const struct reading *like, const double *value, int64_t times,
                 double *shortfall, int64_t *response)
{
    int64_t blockers = 0, dissenters;
    bool everywhere;
    for (int64_t turn = 0; turn < times; turn++) {
        struct reading text = *like;
        text.issue = turn % r->issues, text.value = value[turn];
        shortfalls(r, &text, shortfall);
        respond(r, shortfall, response);
        blockers += settle(r, shortfall, response, &dissenters, &everywhere);
    }
    return blockers;
}
