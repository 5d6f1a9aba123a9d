/* All hashes within a distance, none missed: multi-index hashing.
 *
 * A hash is cut into chunks. Two hashes that differ in at most r bits differ in at most r_i bits in one chunk i at
 * least, if the sum of (r_i + 1) is more than r: so it is enough to look, in each chunk's table, at the values within
 * r_i of the query's. Source: Norouzi, Punjani and Fleet, "Fast exact search in Hamming space with multi-index hashing",
 * 2014; chunks of unequal radius: Qin et al., "GPH", 2018.
 *
 * A look-up is four reads that each miss the cache (offsets, ids, hash), so they are asked for a block ahead. Nothing
 * remembers what was seen: a row is told by the first of its tables that would find it.
 */
#include "kernels.h"
#include "sort.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 64
#define WAITING 1024

INLINE uint32_t key_of(const uint64_t *hash, int first, int width)
{
    int word = first >> 6, shift = first & 63;
    uint64_t value = hash[word] >> shift;
    if (shift + width > 64)
        value |= hash[word + 1] << (64 - shift);
    return (uint32_t)(value & ((1ull << width) - 1));
}

static int add(Results *to, uint32_t row, int distance)
{
    if (to->count == to->room) {
        size_t room = to->room ? 2 * to->room : 16;
        Found *grown = realloc(to->found, room * sizeof(Found));
        if (!grown)
            return 0;
        to->found = grown;
        to->room = room;
    }
    to->found[to->count++] = (Found){row, (uint32_t)distance};
    return 1;
}

/* Would an earlier table have told of this row already? */
static int was_told(const Segment *in, const uint64_t *query, const uint64_t *hash, const uint8_t *radii, int table)
{
    for (int earlier = 0; earlier < table; earlier++) {
        const Table *one = &in->table[earlier];
        uint32_t apart = key_of(query, one->first, one->width) ^ key_of(hash, one->first, one->width);
        if (radii[earlier] != 255 && __builtin_popcount(apart) <= radii[earlier])
            return 1;
    }
    return 0;
}

typedef struct {
    const Segment *in;
    const uint64_t *query;
    const uint8_t *radii;
    int radius, table;
    Results *to;
    uint32_t waiting[WAITING];
    int count;
} Walk;

INLINE int check(Walk *walk)
{
    const Segment *in = walk->in;
    const uint64_t *query = walk->query;
    for (int at = 0; at < walk->count; at++) {
        uint32_t row = walk->waiting[at];
        const uint64_t *hash = in->hashes + 4 * (uint64_t)row;
        int apart = __builtin_popcountll(hash[0] ^ query[0]) + __builtin_popcountll(hash[1] ^ query[1]);
        if (apart > walk->radius)
            continue;
        apart += __builtin_popcountll(hash[2] ^ query[2]) + __builtin_popcountll(hash[3] ^ query[3]);
        if (apart > walk->radius || was_told(in, query, hash, walk->radii, walk->table))
            continue;
        if (!add(walk->to, row, apart))
            return 0;
    }
    walk->to->candidates += walk->count;
    walk->count = 0;
    return 1;
}

/* Values to look at are the query's, changed by each mask in turn. Returns 1, 0 (no memory) or -1 (too many). */
INLINE int walk_table(Walk *walk, const uint32_t *masks, int count, uint64_t cap)
{
    const Table *table = &walk->in->table[walk->table];
    const uint64_t *hashes = walk->in->hashes;
    uint32_t own = key_of(walk->query, table->first, table->width);
    uint32_t keys[2][BLOCK], lows[2][BLOCK], highs[2][BLOCK];
    int blocks = (count + BLOCK - 1) / BLOCK;
    for (int block = 0; block < blocks + 3; block++) {
        if (block < blocks) { /* ask for the offsets of this block */
            int end = count - block * BLOCK < BLOCK ? count - block * BLOCK : BLOCK;
            for (int at = 0; at < end; at++) {
                uint32_t key = own ^ masks[block * BLOCK + at];
                keys[block & 1][at] = key;
                PREFETCH(table->offsets + key);
            }
        }
        int second = block - 1, third = block - 2;
        if (second - 1 >= 0 && !check(walk)) /* what was asked for a block ago */
            return 0;
        if (third >= 0 && third < blocks) { /* the rows of the block before last: ask for their hashes */
            int end = count - third * BLOCK < BLOCK ? count - third * BLOCK : BLOCK;
            for (int at = 0; at < end; at++)
                for (uint32_t place = lows[third & 1][at]; place < highs[third & 1][at]; place++) {
                    uint32_t row = table->ids ? table->ids[place] : place;
                    if (row >= walk->in->count) /* a damaged file is told by its checksum, and never followed here */
                        continue;
                    PREFETCH(hashes + 4 * (uint64_t)row);
                    walk->waiting[walk->count++] = row;
                    if (walk->count == WAITING) {
                        if (!check(walk))
                            return 0;
                        if (walk->to->candidates > cap)
                            return -1;
                    }
                }
        }
        if (second >= 0 && second < blocks) { /* the offsets of the last block are there: ask for its rows */
            int end = count - second * BLOCK < BLOCK ? count - second * BLOCK : BLOCK;
            for (int at = 0; at < end; at++) {
                uint32_t key = keys[second & 1][at], low = table->offsets[key], high = table->offsets[key + 1];
                high = high < walk->in->count ? high : (uint32_t)walk->in->count;
                lows[second & 1][at] = low;
                highs[second & 1][at] = high;
                if (low < high) {
                    if (table->ids)
                        PREFETCH(table->ids + low);
                    else
                        PREFETCH(hashes + 4 * (uint64_t)low);
                }
            }
        }
    }
    if (!check(walk))
        return 0;
    return walk->to->candidates > cap ? -1 : 1;
}

/* The masks of at most `most` bits, in their order: neighbours lie in one line of the cache. Kept for good. */
typedef struct {
    uint32_t *masks;
    int count;
} Masks;
static Masks kept[33][8];

static int compare_words(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

int near_masks(int width, int most) /* called with Python's lock held */
{
    if (width < 1 || width > 31 || most < 0 || most > 7)
        return 0;
    if (kept[width][most].masks)
        return 1;
    uint64_t count = 0, ways = 1;
    for (int bits = 0; bits <= most && bits <= width; bits++) {
        count += ways;
        ways = ways * (width - bits) / (bits + 1);
    }
    uint32_t *masks = malloc(count * sizeof(uint32_t));
    if (!masks)
        return 0;
    int made = 0;
    for (int bits = 0; bits <= most && bits <= width; bits++) {
        uint64_t mask = (1ull << bits) - 1, end = 1ull << width;
        while (mask < end) {
            masks[made++] = (uint32_t)mask;
            if (!mask)
                break;
            uint64_t lowest = mask & -mask, carried = mask + lowest; /* the next number with as many bits */
            mask = carried | (((mask ^ carried) >> 2) / lowest);
        }
    }
    qsort(masks, made, sizeof(uint32_t), compare_words);
    kept[width][most] = (Masks){masks, made};
    return 1;
}

INLINE int scan_body(const Segment *in, const uint64_t *query, int radius, Results *to)
{
    for (uint64_t row = 0; row < in->count; row++) {
        const uint64_t *hash = in->hashes + 4 * row;
        int apart = __builtin_popcountll(hash[0] ^ query[0]) + __builtin_popcountll(hash[1] ^ query[1]);
        if (apart > radius)
            continue;
        apart += __builtin_popcountll(hash[2] ^ query[2]) + __builtin_popcountll(hash[3] ^ query[3]);
        if (apart <= radius && !add(to, (uint32_t)row, apart))
            return 0;
    }
    to->candidates += in->count;
    return 1;
}

INLINE int search_body(const Segment *in, const uint64_t *query, int radius, const uint8_t *radii, uint64_t cap,
                       Results *to)
{
    Walk walk = {.in = in, .query = query, .radii = radii, .radius = radius, .to = to};
    size_t before = to->count;
    to->candidates = 0;
    for (walk.table = 0; walk.table < in->tables; walk.table++) {
        if (radii[walk.table] == 255) /* this table is not needed */
            continue;
        const Masks *masks = &kept[in->table[walk.table].width][radii[walk.table]];
        int walked = walk_table(&walk, masks->masks, masks->count, cap);
        if (walked < 0) {
            to->count = before;
            return scan_body(in, query, radius, to);
        }
        if (!walked)
            return 0;
    }
    return 1;
}

#ifdef HAS_AVX2
__attribute__((target("popcnt"))) static int scan_popcnt(const Segment *in, const uint64_t *query, int radius, Results *to)
{
    return scan_body(in, query, radius, to);
}
__attribute__((target("popcnt"))) static int search_popcnt(const Segment *in, const uint64_t *query, int radius,
                                                            const uint8_t *radii, uint64_t cap, Results *to)
{
    return search_body(in, query, radius, radii, cap, to);
}
#endif

int near_scan(const Segment *in, const uint64_t *query, int radius, Results *to)
{
#ifdef HAS_AVX2
    if (has_popcnt)
        return scan_popcnt(in, query, radius, to);
#endif
    return scan_body(in, query, radius, to);
}

int near_search(const Segment *in, const uint64_t *query, int radius, const uint8_t *radii, uint64_t cap, Results *to)
{
#ifdef HAS_AVX2
    if (has_popcnt)
        return search_popcnt(in, query, radius, radii, cap, to);
#endif
    return search_body(in, query, radius, radii, cap, to);
}

#define AHEAD 32

static int is_before(const void *hashes, int unused, uint32_t one, uint32_t other)
{
    const uint64_t *a = (const uint64_t *)hashes + 4 * (uint64_t)one, *b = (const uint64_t *)hashes + 4 * (uint64_t)other;
    (void)unused;
    for (int word = 0; word < 4; word++)
        if (a[word] != b[word])
            return a[word] < b[word];
    return one < other;
}

void near_order(const uint64_t *hashes, uint32_t count, int first, int width, int whole, uint32_t *offsets,
                uint32_t *cursors, uint32_t *order)
{
    uint64_t values = 1ull << width;
    memset(offsets, 0, (values + 1) * sizeof(uint32_t));
    for (uint32_t row = 0; row < count; row++) {
        if (row + AHEAD < count)
            PREFETCH(offsets + key_of(hashes + 4 * (uint64_t)(row + AHEAD), first, width) + 1);
        offsets[key_of(hashes + 4 * (uint64_t)row, first, width) + 1]++;
    }
    for (uint64_t value = 0; value < values; value++) {
        cursors[value] = offsets[value];
        offsets[value + 1] += offsets[value];
    }
    for (uint32_t row = 0; row < count; row++) {
        if (row + AHEAD < count)
            PREFETCH(cursors + key_of(hashes + 4 * (uint64_t)(row + AHEAD), first, width));
        order[cursors[key_of(hashes + 4 * (uint64_t)row, first, width)]++] = row;
    }
    for (uint64_t value = 0; whole && value < values; value++)
        if (offsets[value + 1] - offsets[value] > 1)
            sort_rows(order + offsets[value], offsets[value + 1] - offsets[value], is_before, hashes, 0);
}

void near_permute(const uint8_t *from, uint64_t count, const uint64_t *spread, uint64_t *to)
{
    for (uint64_t row = 0; row < count; row++) {
        uint64_t made[4] = {0};
        for (int byte = 0; byte < 32; byte++) {
            const uint64_t *part = spread + 4 * (256 * byte + from[32 * row + byte]);
            for (int word = 0; word < 4; word++)
                made[word] |= part[word];
        }
        memcpy(to + 4 * row, made, 32);
    }
}
