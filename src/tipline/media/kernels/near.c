/* All hashes within a distance, none missed: multi-index hashing.
 *
 * A hash is cut into chunks. Two hashes that differ in at most r bits differ in at most r_i bits in one chunk i at
 * least, if the sum of (r_i + 1) is more than r: so it is enough to look, in each chunk's table, at the values within
 * r_i of the query's. Source: Norouzi, Punjani and Fleet, "Fast exact search in Hamming space with multi-index hashing",
 * 2014; chunks of unequal radius: Qin et al., "GPH", 2018.
 *
 * A look-up is reads that each miss the cache (line, marks, row, hash), so they are asked for a block ahead. More is
 * sure: of a near hash there is one chunk from which on, going round, every run of chunks differs in fewer bits than its
 * sum of (r_i + 1). So a row's mark, the bits that follow its chunk, refuses nearly every row before its hash is read:
 * Qin and Xiao, "Pigeonring", 2018 (tipline/media/index/plan.py). A row is told by the first table that lets it pass.
 *
 * Many queries are looked up table by table in the order of their values: what one has read, the next finds in the
 * cache.
 */
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 64
#define MOST_PASSED 1024
#define AHEAD 8 /* queries whose own memory is asked for */
#define ENOUGH 32 /* rows to ask for at once */

static int add(Results *to, Found found)
{
    if (to->count == to->room) {
        size_t room = to->room ? 2 * to->room : 16;
        Found *grown = realloc(to->found, room * sizeof(Found));
        if (!grown)
            return 0;
        to->found = grown;
        to->room = room;
    }
    to->found[to->count++] = found;
    return 1;
}

/* How it stands with one query: rows that were looked at, and that were near. */
typedef struct {
    uint64_t looked;
    uint32_t told;
} State;

/* A row that is followed: it lies where the query's value in a table, changed by the mask, has its rows. */
typedef struct {
    uint32_t query, row, mask;
    int table;
} Followed;

typedef struct {
    const Segment *in;
    const uint64_t *queries;
    const Search *how;
    const Radii *radii; /* of each query */
    State *states;
    Results *to;
    int table, passed, waiting;
    Followed *places; /* that marks let pass (`passed` of them), whose rows are asked for */
    Followed *rows;   /* whose hashes are asked for (`waiting` of them) */
} Walk;

/* Of what a table's marks are compared in: `bits`, of which with the table's own at most `left` differ. */
typedef struct {
    int bits, left;
} Bound;

/* The run from the table's chunk to the end of its mark. What the mark holds of a chunk counts if it refuses more than
 * that chunk's radius allows: of bits that have nothing to do with each other half differ. */
static Bound bound_of(const Walk *walk, int number, const uint8_t *radii)
{
    const Segment *in = walk->in;
    int room = in->table[number].marks ? MARK_BITS : 0;
    Bound bound = {0, radii[number]};
    while (bound.bits < room) {
        number = (number + 1) % in->tables;
        int width = in->table[number].width, rest = room - bound.bits, allowed = (uint8_t)(radii[number] + 1);
        width = width < rest ? width : rest;
        if (width <= 2 * allowed)
            break;
        bound.bits += width;
        bound.left += allowed;
    }
    return bound;
}

INLINE uint32_t apart_in(const Table *table, const uint64_t *hash, const uint64_t *query)
{
    return key_of(hash, table->first, table->width) ^ key_of(query, table->first, table->width);
}

static int lets_pass(const Walk *walk, int number, const uint64_t *hash, const uint64_t *query, const uint8_t *radii)
{
    const Table *table = &walk->in->table[number];
    int own = __builtin_popcount(apart_in(table, hash, query)), begun = table->first + table->width;
    if (radii[number] == 255 || own > radii[number])
        return 0;
    Bound bound = bound_of(walk, number, radii);
    uint64_t apart = (bits_from(hash, begun) ^ bits_from(query, begun)) & ((1u << bound.bits) - 1);
    return own + __builtin_popcountll(apart) <= bound.left;
}

/* A row may lie in a value that was looked at and not be of it (crowds), or be told by an earlier table. */
static int is_first_told(const Walk *walk, const uint64_t *hash, const Followed *one)
{
    const uint64_t *query = walk->queries + 4 * (uint64_t)one->query;
    if (apart_in(&walk->in->table[one->table], hash, query) != one->mask)
        return 0;
    for (int earlier = 0; earlier < one->table; earlier++)
        if (lets_pass(walk, earlier, hash, query, walk->radii[one->query]))
            return 0;
    return 1;
}

/* In how many bits two hashes differ, or only in how many of the first half where those are more than the radius. */
INLINE int apart_within(const uint64_t *hash, const uint64_t *query, int radius)
{
    int apart = __builtin_popcountll(hash[0] ^ query[0]) + __builtin_popcountll(hash[1] ^ query[1]);
    if (apart > radius)
        return apart;
    return apart + __builtin_popcountll(hash[2] ^ query[2]) + __builtin_popcountll(hash[3] ^ query[3]);
}

/* Read a row's hash, and tell it if it is near. 0 where there is no memory. */
INLINE int judge(Walk *walk, const Followed *one)
{
    const uint64_t *hash = walk->in->hashes + 4 * (uint64_t)one->row, *query = walk->queries + 4 * (uint64_t)one->query;
    int apart = apart_within(hash, query, walk->how->radius);
    if (apart > walk->how->radius || !is_first_told(walk, hash, one))
        return 1;
    walk->states[one->query].told++;
    return add(walk->to, (Found){one->query, one->row, (uint32_t)apart});
}

/* Judge the hashes that were asked for, and ask for those of the rows that are there by now: one by one without pause,
 * so that the processor looks up several pages at once. */
INLINE int turn(Walk *walk)
{
    for (int at = 0; at < walk->waiting; at++)
        if (!judge(walk, &walk->rows[at]))
            return 0;
    walk->waiting = 0;
    for (int at = 0; at < walk->passed; at++) {
        Followed one = walk->places[at];
        one.row = walk->in->table[one.table].rows[one.row];
        if (one.row >= walk->in->count) /* a damaged file is told by its checksum, and never followed here */
            continue;
        PREFETCH(walk->in->hashes + 4 * (uint64_t)one.row);
        walk->rows[walk->waiting++] = one;
    }
    walk->passed = 0;
    return 1;
}

/* What one value of a table is looked at for: its rows lie at [low, high), and so far may their marks be off. */
typedef struct {
    uint32_t key, mask, low, high;
    int left;
} Value;

/* A query: its bits behind a table's own, and which of them are compared. */
typedef struct {
    uint32_t number;
    uint16_t behind, counted;
} Asked;

INLINE int is_crowd(const Walk *walk, uint32_t query)
{
    return walk->states[query].told > walk->how->most;
}

/* The hashes of a value lie there in their order. */
INLINE int walk_hashes(Walk *walk, const Value *value, const Asked *by)
{
    Followed one = {by->number, value->low, value->mask, walk->table};
    for (; one.row < value->high && !is_crowd(walk, by->number); one.row++)
        if (!judge(walk, &one))
            return 0;
    return 1;
}

INLINE int walk_marks(Walk *walk, const Table *table, const Value *value, const Asked *by)
{
    Followed one = {by->number, 0, value->mask, walk->table};
    for (uint32_t place = value->low; place < value->high; place += LANES) {
        int count = value->high - place < LANES ? (int)(value->high - place) : LANES;
        uint32_t rest = near_marks(table->marks + place, count, by->behind, by->counted, value->left);
        for (; rest; rest &= rest - 1) {
            one.row = place + __builtin_ctz(rest);
            PREFETCH(table->rows + one.row);
            walk->places[walk->passed++] = one;
        }
        if (walk->passed <= MOST_PASSED - LANES)
            continue;
        if (!turn(walk))
            return 0;
        if (is_crowd(walk, by->number))
            return 1;
    }
    return 1;
}

/* Keep of some values those that have rows, and ask for these. Returns how many. */
INLINE int with_rows(const Segment *in, const Table *table, Value *values, int count, uint64_t *looked)
{
    const uint8_t *begin = table->marks ? (const uint8_t *)table->marks : (const uint8_t *)in->hashes;
    uint64_t size = table->marks ? sizeof *table->marks : sizeof(uint64_t[4]);
    int kept = 0;
    for (int at = 0; at < count; at++) {
        Value value = values[at];
        uint64_t rows = find_rows(table, in->count, value.key, &value.low, &value.high);
        if (!rows)
            continue;
        *looked += rows;
        ask_for(begin + value.low * size, rows * size);
        values[kept++] = value;
    }
    return kept;
}

/* Values to look at are the query's, changed by each mask in turn. 0 where there is no memory. */
INLINE int walk_table(Walk *walk, uint32_t number)
{
    const Table *table = &walk->in->table[walk->table];
    const uint64_t *query = walk->queries + 4 * (uint64_t)number;
    const uint8_t *radii = walk->radii[number];
    const Masks *masks = masks_of(table->width, radii[walk->table]);
    uint32_t own = key_of(query, table->first, table->width);
    int count = masks->count;
    Bound bound = bound_of(walk, walk->table, radii);
    Asked by = {number, (uint16_t)bits_from(query, table->first + table->width), (uint16_t)((1u << bound.bits) - 1)};
    Value values[3][BLOCK];
    uint64_t looked = walk->states[number].looked;
    int held[3] = {0}, blocks = (count + BLOCK - 1) / BLOCK;
    for (int block = 0; block < blocks + 2 && !is_crowd(walk, number); block++) {
        int own_block = block % 3, last = (block + 2) % 3, before = (block + 1) % 3;
        int end = count - block * BLOCK < BLOCK ? count - block * BLOCK : BLOCK;
        for (int at = 0; at < end; at++) { /* ask for the lines of this block */
            uint32_t mask = masks->masks[block * BLOCK + at];
            values[own_block][at] =
                (Value){.key = own ^ mask, .mask = mask, .left = bound.left - __builtin_popcount(mask)};
            PREFETCH(table->lines + (uint64_t)LINE_BYTES * ((own ^ mask) / LINE_VALUES));
        }
        held[own_block] = end > 0 ? end : 0;
        /* The lines of the last block are there: ask for its rows. Those of the block before last are there. */
        held[last] = with_rows(walk->in, table, values[last], held[last], &looked);
        walk->states[number].looked = looked;
        if (looked > walk->how->cap)
            return 1;
        for (int at = 0; at < held[before]; at++)
            if (!(table->marks ? walk_marks(walk, table, &values[before][at], &by)
                               : walk_hashes(walk, &values[before][at], &by)))
                return 0;
        if (walk->passed >= ENOUGH && !turn(walk))
            return 0;
    }
    return 1;
}

/* All rows near to a query; where these are more than `most`, some, and more than so many. */
INLINE int scan_body(const Segment *in, const uint64_t *query, const Search *how, uint32_t number, Results *to)
{
    uint64_t enough = to->count + (uint64_t)how->most + 1;
    int radius = how->radius;
    for (uint64_t row = 0; row < in->count; row++) {
        int apart = apart_within(in->hashes + 4 * row, query, radius);
        if (apart > radius)
            continue;
        if (!add(to, (Found){number, (uint32_t)row, (uint32_t)apart}))
            return 0;
        if (to->count >= enough)
            break;
    }
    return 1;
}

/* Look at every hash for the queries that had too many rows to look at. */
INLINE int scan_rest(Walk *walk, uint32_t count)
{
    Results *to = walk->to;
    size_t kept = 0;
    for (size_t at = 0; at < to->count; at++) {
        uint32_t query = to->found[at].query;
        if (walk->states[query].looked <= walk->how->cap || is_crowd(walk, query))
            to->found[kept++] = to->found[at];
    }
    to->count = kept;
    for (uint32_t at = 0; at < count; at++)
        if (walk->states[at].looked > walk->how->cap && !is_crowd(walk, at) &&
            !scan_body(walk->in, walk->queries + 4 * (uint64_t)at, walk->how, at, to))
            return 0;
    return 1;
}

static int compare_longs(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

/* `order` gets each query's number, behind its value in a table. */
static void put_in_order(const Table *table, const uint64_t *queries, uint32_t count, uint64_t *order)
{
    for (uint32_t at = 0; at < count; at++)
        order[at] = (uint64_t)key_of(queries + 4 * (uint64_t)at, table->first, table->width) << 32 | at;
    if (count > 1)
        qsort(order, count, sizeof *order, compare_longs);
}

/* Queries come in the order of a table's values, which is none in memory. */
INLINE void ask_for_query(const Walk *walk, uint32_t number)
{
    PREFETCH(walk->radii[number]);
    PREFETCH(walk->states + number);
    PREFETCH(walk->queries + 4 * (uint64_t)number);
}

INLINE int search_body(Walk *walk, uint32_t count, const uint64_t *orders)
{
    const Search *how = walk->how;
    int is_over = 0;
    for (walk->table = 0; walk->table < walk->in->tables; walk->table++) {
        const uint64_t *order = orders + (uint64_t)walk->table * count;
        for (uint32_t at = 0; at < count; at++) {
            uint32_t number = (uint32_t)order[at];
            if (at + AHEAD < count)
                ask_for_query(walk, (uint32_t)order[at + AHEAD]);
            const State *state = &walk->states[number];
            if (walk->radii[number][walk->table] == 255 || state->looked > how->cap || is_crowd(walk, number))
                continue;
            if (!walk_table(walk, number))
                return 0;
            is_over |= state->looked > how->cap;
        }
    }
    return turn(walk) && turn(walk) && (!is_over || scan_rest(walk, count));
}

#ifdef HAS_AVX2
#define POPCNT __attribute__((target("popcnt")))
POPCNT static int scan_popcnt(const Segment *in, const uint64_t *query, const Search *how, Results *to)
{
    return scan_body(in, query, how, 0, to);
}
POPCNT static int search_popcnt(Walk *walk, uint32_t count, const uint64_t *orders)
{
    return search_body(walk, count, orders);
}
#endif

int near_scan(const Segment *in, const uint64_t *query, int radius, Results *to)
{
    const Search how = {.radius = radius, .most = UINT32_MAX};
#ifdef HAS_AVX2
    if (has_popcnt)
        return scan_popcnt(in, query, &how, to);
#endif
    return scan_body(in, query, &how, 0, to);
}

static int search(Walk *walk, uint32_t count, uint64_t *orders, Radii *radii)
{
    const Segment *in = walk->in;
    for (int at = 0; at < in->tables; at++)
        put_in_order(&in->table[at], walk->queries, count, orders + (uint64_t)at * count);
    if (walk->how->top) {
        if (!choose_radii(in, walk->how, orders, count, radii))
            return 0;
    } else
        for (uint32_t at = 0; at < count; at++)
            memcpy(radii[at], walk->how->radii, in->tables);
#ifdef HAS_AVX2
    if (has_popcnt)
        return search_popcnt(walk, count, orders);
#endif
    return search_body(walk, count, orders);
}

int near_search(const Segment *in, const uint64_t *queries, uint32_t count, const Search *how, Results *to)
{
    State *states = calloc((uint64_t)count + 1, sizeof(State));
    Radii *radii = malloc(((uint64_t)count + 1) * sizeof(Radii));
    uint64_t *orders = malloc(((uint64_t)count * in->tables + 1) * sizeof(uint64_t));
    Followed places[MOST_PASSED], rows[MOST_PASSED];
    Walk walk = {.in = in, .queries = queries, .how = how, .states = states, .to = to, .places = places, .rows = rows};
    walk.radii = (const Radii *)radii;
    int ok = states && radii && orders && search(&walk, count, orders, radii);
    free(states);
    free(radii);
    free(orders);
    return ok;
}
