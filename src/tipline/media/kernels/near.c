/* All hashes within a distance, none missed: multi-index hashing.
 *
 * A hash is cut into chunks. Two hashes that differ in at most r bits differ in at most r_i bits in one chunk i at
 * least, if the sum of (r_i + 1) is more than r: so it is enough to look, in each chunk's table, at the values within
 * r_i of the query's. Source: Norouzi, Punjani and Fleet, "Fast exact search in Hamming space with multi-index hashing",
 * 2014; chunks of unequal radius: Qin et al., "GPH", 2018.
 *
 * A look-up is reads that each miss the cache (line, records, hash), so they are asked for a block ahead. Of what only a
 * later table can tell, each earlier chunk differs in r_j + 1 bits at least: few of r are left for the others, and a
 * record's mark, some of those others, refuses most rows before their hash is read (tipline/media/index/plan.py). What
 * several tables tell all the same is put together at the end.
 */
#include "kernels.h"
#include "sort.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 64
#define WAITING 1024
#define ENOUGH 32 /* rows to ask for at once */
#define MOST_AHEAD 1024 /* bytes of one value that are asked for; a crowd is read in order anyway */

/* The 64 bits from `first` on; behind the last bit comes the first. */
INLINE uint64_t bits_from(const uint64_t *hash, int first)
{
    int word = first >> 6 & 3, shift = first & 63;
    return shift ? hash[word] >> shift | hash[(word + 1) & 3] << (64 - shift) : hash[word];
}

INLINE uint32_t key_of(const uint64_t *hash, int first, int width)
{
    return (uint32_t)(bits_from(hash, first) & ((1ull << width) - 1));
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

typedef struct {
    const Segment *in;
    const uint64_t *query;
    const uint8_t *radii;
    int radius, table;
    Results *to;
    uint32_t waiting[WAITING]; /* rows whose hashes are to be read; the first `asked` were asked for */
    int count, asked;
} Walk;

INLINE int check(Walk *walk)
{
    const Segment *in = walk->in;
    const uint64_t *query = walk->query;
    for (int at = 0; at < walk->asked; at++) {
        uint32_t row = walk->waiting[at];
        const uint64_t *hash = in->hashes + 4 * (uint64_t)row;
        int apart = __builtin_popcountll(hash[0] ^ query[0]) + __builtin_popcountll(hash[1] ^ query[1]);
        if (apart > walk->radius)
            continue;
        apart += __builtin_popcountll(hash[2] ^ query[2]) + __builtin_popcountll(hash[3] ^ query[3]);
        if (apart <= walk->radius && !add(walk->to, row, apart))
            return 0;
    }
    walk->count -= walk->asked;
    memmove(walk->waiting, walk->waiting + walk->asked, walk->count * sizeof *walk->waiting);
    walk->asked = 0;
    return 1;
}

/* Look at what was asked for, and ask for what waits: one by one without pause, so that the processor looks up several
 * pages at once. */
INLINE int turn(Walk *walk)
{
    if (!check(walk))
        return 0;
    for (; walk->asked < walk->count; walk->asked++)
        PREFETCH(walk->in->hashes + 4 * (uint64_t)walk->waiting[walk->asked]);
    return 1;
}

/* How many bits of a mark may differ, and of the table's own bits, in what no earlier table tells of: `radius` less what
 * differs at least in the earlier chunks that have no bit in the mark. */
static int left_for(const Walk *walk)
{
    const Table *own = &walk->in->table[walk->table];
    int begun = own->first + own->width, bits = 8 * (own->stride - ROW_BYTES), left = walk->radius;
    for (int earlier = 0; earlier < walk->table; earlier++) {
        const Table *one = &walk->in->table[earlier];
        int after = (one->first - begun) & 255;
        if (walk->radii[earlier] != 255 && after >= bits && after + one->width <= 256)
            left -= walk->radii[earlier] + 1;
    }
    return left;
}

/* What one value of a table is looked at for: its rows lie at [low, high), and so far may their marks be off. */
typedef struct {
    uint32_t key, low, high;
    int left;
} Value;

INLINE void ask_for(const uint8_t *begin, uint64_t size)
{
    const uint8_t *end = begin + (size < MOST_AHEAD ? size : MOST_AHEAD);
    for (const uint8_t *line = begin; line < end; line += 64)
        PREFETCH(line);
    PREFETCH(end - 1);
}

INLINE int find_rows(const Table *table, uint64_t count, Value *value)
{
    uint32_t at = value->key % LINE_VALUES, head;
    const uint8_t *line = table->lines + (uint64_t)LINE_BYTES * (value->key / LINE_VALUES), *ends = line + sizeof head;
    memcpy(&head, line, sizeof head);
    int shift = 2 * (head >> 28);
    head &= (1u << 28) - 1;
    value->low = head + (at ? (uint32_t)ends[at - 1] << shift : 0);
    value->high = head + ((ends[at] + 1u) << shift) - 1;
    value->high = value->high < count ? value->high : (uint32_t)count;
    return value->low < value->high;
}

INLINE int walk_value(Walk *walk, const Table *table, const Value *value, uint64_t own, uint64_t counted)
{
    const uint8_t *record = table->records + (uint64_t)value->low * table->stride;
    for (uint32_t place = value->low; place < value->high; place++, record += table->stride) {
        uint32_t row = place;
        if (table->records) {
            uint64_t mark;
            memcpy(&mark, record + ROW_BYTES, sizeof mark);
            if (__builtin_popcountll((mark ^ own) & counted) > value->left)
                continue;
            memcpy(&row, record, sizeof row);
            if (row >= walk->in->count) /* a damaged file is told by its checksum, and never followed here */
                continue;
        }
        walk->waiting[walk->count++] = row;
        if (walk->count == WAITING && !(turn(walk) && check(walk)))
            return 0;
    }
    return 1;
}

/* Values to look at are the query's, changed by each mask in turn. Returns 1, 0 (no memory) or -1 (too many). */
INLINE int walk_table(Walk *walk, const uint32_t *masks, int count, uint64_t cap)
{
    const Table *table = &walk->in->table[walk->table];
    uint32_t own = key_of(walk->query, table->first, table->width);
    uint64_t mark = bits_from(walk->query, table->first + table->width);
    int bits = 8 * (table->stride - ROW_BYTES), left = left_for(walk);
    uint64_t counted = bits == 64 ? ~0ull : (1ull << bits) - 1;
    Value values[3][BLOCK];
    int blocks = (count + BLOCK - 1) / BLOCK;
    for (int block = 0; block < blocks + 2; block++) {
        int end = count - block * BLOCK < BLOCK ? count - block * BLOCK : BLOCK;
        for (int at = 0; at < end; at++) { /* ask for the lines of this block */
            uint32_t mask = masks[block * BLOCK + at];
            values[block % 3][at] = (Value){.key = own ^ mask, .left = left - __builtin_popcount(mask)};
            PREFETCH(table->lines + (uint64_t)LINE_BYTES * ((own ^ mask) / LINE_VALUES));
        }
        int second = block - 1, third = block - 2;
        end = count - second * BLOCK < BLOCK ? count - second * BLOCK : BLOCK;
        for (int at = 0; second >= 0 && at < end; at++) { /* the lines of the last block are there: ask for its rows */
            Value *value = &values[second % 3][at];
            if (!find_rows(table, walk->in->count, value))
                continue;
            uint64_t rows = value->high - value->low;
            if (table->records)
                ask_for(table->records + (uint64_t)value->low * table->stride, rows * table->stride);
            else
                ask_for((const uint8_t *)(walk->in->hashes + 4 * (uint64_t)value->low), rows * 32);
            if ((walk->to->candidates += rows) > cap)
                return -1;
        }
        end = count - third * BLOCK < BLOCK ? count - third * BLOCK : BLOCK;
        for (int at = 0; third >= 0 && at < end; at++) /* the rows of the block before last are there */
            if (!walk_value(walk, table, &values[third % 3][at], mark, counted))
                return 0;
        if (walk->count - walk->asked >= ENOUGH && !turn(walk))
            return 0;
    }
    return 1;
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
    return turn(&walk) && check(&walk);
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

static void pack(const uint32_t *ends, uint64_t values, uint8_t *lines)
{
    uint32_t begun = 0;
    for (uint64_t first = 0; first < values; first += LINE_VALUES, lines += LINE_BYTES) {
        uint64_t after = first + LINE_VALUES < values ? first + LINE_VALUES : values;
        uint32_t half = 0;
        while ((ends[after - 1] - begun) >> 2 * half > 255)
            half++;
        uint32_t head = begun | half << 28;
        memcpy(lines, &head, sizeof head);
        for (uint64_t value = first; value < first + LINE_VALUES; value++) {
            uint32_t end = ends[value < after ? value : after - 1];
            lines[sizeof head + value - first] = (uint8_t)((end - begun) >> 2 * half);
        }
        begun = ends[after - 1];
    }
}

void near_order(const uint64_t *hashes, uint32_t count, int first, int width, int stride, int wholly, uint8_t *lines,
                uint32_t *cursors, uint8_t *records)
{
    uint64_t values = 1ull << width;
    memset(cursors, 0, values * sizeof(uint32_t));
    for (uint32_t row = 0; row < count; row++) {
        if (row + AHEAD < count)
            PREFETCH(cursors + key_of(hashes + 4 * (uint64_t)(row + AHEAD), first, width));
        cursors[key_of(hashes + 4 * (uint64_t)row, first, width)]++;
    }
    uint32_t before = 0;
    for (uint64_t value = 0; value < values; value++) {
        uint32_t rows = cursors[value];
        cursors[value] = before;
        before += rows;
    }
    for (uint32_t row = 0; row < count; row++) {
        if (row + AHEAD < count)
            PREFETCH(cursors + key_of(hashes + 4 * (uint64_t)(row + AHEAD), first, width));
        const uint64_t *hash = hashes + 4 * (uint64_t)row;
        uint64_t mark = bits_from(hash, first + width);
        uint8_t *record = records + (uint64_t)stride * cursors[key_of(hash, first, width)]++;
        memcpy(record, &row, ROW_BYTES);
        memcpy(record + ROW_BYTES, &mark, stride - ROW_BYTES);
    }
    pack(cursors, values, lines); /* by now each is where its value ends */
    uint32_t *rows = (uint32_t *)records;
    for (uint64_t value = 0, begun = 0; wholly && value < values; begun = cursors[value++])
        if (cursors[value] - begun > 1)
            sort_rows(rows + begun, cursors[value] - begun, is_before, hashes, 0);
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
