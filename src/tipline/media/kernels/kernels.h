/* Kernels of the media library: pictures to hashes, hashes to neighbours, digests to rows. No Python in here. */
#ifndef TIPLINE_KERNELS_H
#define TIPLINE_KERNELS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What the processor has is asked once, when the module is loaded. Elsewhere (ARM included) the plain code is what the
 * compiler makes of it, which has NEON's instructions there without asking. */
#if defined(__x86_64__) && defined(__GNUC__)
#define HAS_AVX2 1
#define CLONED __attribute__((target_clones("avx2", "default")))
#else
#define CLONED
#endif
extern int has_avx2, has_popcnt, has_bitalg;

#if defined(__GNUC__)
/* Into the second cache: the first has little room, and fewer reads into it can be under way at once. */
#define PREFETCH(place) __builtin_prefetch(place, 0, 2)
#define INLINE static inline __attribute__((always_inline))
#else
#define PREFETCH(place) ((void)(place))
#define INLINE static inline
#endif

#define MOST_AHEAD 1024 /* bytes that are asked for at once; a crowd is read in order anyway */
/* All lines of `size` bytes, of which there is one at least. */
INLINE void ask_for(const uint8_t *begin, uint64_t size)
{
    const uint8_t *end = begin + (size < MOST_AHEAD ? size : MOST_AHEAD);
    for (const uint8_t *line = begin; line < end; line += 64)
        PREFETCH(line);
    PREFETCH(end - 1);
}

/* pdq.c: `hashes` has room for `forms` (1 or 8) of 32 bytes, most significant first. 0 where there is no memory. */
int pdq_hash(const uint8_t *luma, int height, int width, const double *cosines, int forms, uint8_t *hashes, int *quality);

/* Hashes of 256 bits are four words; bit i is bit i % 64 of word i / 64. */

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

#define MOST_TABLES 32
#define MARK_BITS 16
/* Where the rows of each value of a table lie, a byte and a bit for each: a line of 64 bytes tells it for 60 values. It
 * begins with the place of its first row (28 bits) and half a shift (4 bits); then for each value a byte, the number of
 * rows up to its end, shifted down. Crowds alone need a shift, and then a few rows of neighbours are looked at as well. */
#define LINE_BYTES 64
#define LINE_VALUES 60
typedef struct {
    int first, width;      /* the bits that the table is about */
    const uint8_t *lines;  /* of 2^width values */
    const uint32_t *rows;  /* in the order of their values; NULL where the hashes lie in that order */
    const uint16_t *marks; /* of each of these, the bits of its hash behind the table's; behind the last comes the first */
} Table;
/* Where a value's rows lie: [low, high). Returns how many. */
INLINE uint32_t find_rows(const Table *table, uint64_t count, uint32_t key, uint32_t *low, uint32_t *high)
{
    uint32_t at = key % LINE_VALUES, head;
    const uint8_t *line = table->lines + (uint64_t)LINE_BYTES * (key / LINE_VALUES), *ends = line + sizeof head;
    memcpy(&head, line, sizeof head);
    int shift = 2 * (head >> 28);
    head &= (1u << 28) - 1;
    *low = head + (at ? (uint32_t)ends[at - 1] << shift : 0);
    *high = head + ((ends[at] + 1u) << shift) - 1;
    *high = *high < count ? *high : (uint32_t)count;
    return *low < *high ? *high - *low : 0;
}

typedef struct {
    const uint64_t *hashes;
    uint64_t count;
    int tables;
    Table table[MOST_TABLES];
} Segment;
typedef struct {
    uint32_t query, row, distance;
} Found;
typedef struct {
    Found *found;
    size_t count, room;
} Results;
/* `radii` are those of the tables, their sum (each + 1) more than radius; 255 for one that is not looked at. Once more
 * than `cap` rows would be looked at for a query, all hashes are. Of a query with more than `most` near rows, more than
 * `most` of them are told. */
typedef struct {
    int radius;
    const uint8_t *radii;
    uint64_t cap;
    uint32_t most;
    int top; /* not 0: radii are chosen for each query, of at most so much; masks up to it are made */
} Search;
typedef uint8_t Radii[MOST_TABLES];
/* radii.c: the masks of at most `most` bits, in their order: neighbours lie in one line of the cache. Kept for good. */
typedef struct {
    uint32_t *masks;
    int count;
} Masks;
int near_masks(int width, int most); /* makes them, with Python's lock held; 0 where that cannot be */
const Masks *masks_of(int width, int most);
/* Of each query the radii that cost least, of all whose sum (each + 1) is more than the radius: a table in which it is
 * among a crowd is searched less far, or not at all, and another farther. `orders`, for each table: the numbers of the
 * queries behind their values. 0 where there is no memory. Source: Qin et al., "GPH", 2018. */
int choose_radii(const Segment *in, const Search *how, const uint64_t *orders, uint32_t count, Radii *radii);

/* near.c: all rows within the radius of each query, each once, in no order. 0 where there is no memory. */
int near_search(const Segment *in, const uint64_t *queries, uint32_t count, const Search *how, Results *to);
int near_scan(const Segment *in, const uint64_t *query, int radius, Results *to);
/* tables.c: `lines` gets where each value's rows lie, `rows` which these are, `marks` their marks. Without marks, rows that
 * are equal in a table's bits are in the order of all; without rows, the hashes lie in this order already. `cursors` is
 * room for 2^width. */
typedef struct {
    uint8_t *lines;
    uint32_t *cursors, *rows;
    uint16_t *marks;
} Ordered;
void near_order(const uint64_t *hashes, uint32_t count, int first, int width, Ordered to);
/* marks.c: a bit for each of `count` marks, at most LANES, that differs in at most `left` of the counted bits. */
#define LANES 32
uint32_t near_marks(const uint16_t *marks, int count, uint16_t own, uint16_t counted, int left);
/* Bits moved to new places: `spread` holds, for each of 32 bytes and each of its 256 values, where they go. */
void near_permute(const uint8_t *from, uint64_t count, const uint64_t *spread, uint64_t *to);

/* exact.c: keys of `width` bytes, sorted, and where those with the same first `bits` bits begin. */
typedef struct {
    const uint8_t *keys;
    uint64_t count;
    int width, bits;
    const uint32_t *offsets;
} Keys;
int64_t exact_find(const Keys *in, const uint8_t *key); /* row, or -1 */
void exact_find_many(const Keys *in, const uint8_t *keys, uint64_t count, int64_t *rows);
/* `sorted` gets the keys in order, `order` which of them stood where. `cursors` is room for 2^bits. */
void exact_order(const uint8_t *keys, uint32_t count, int width, int bits, uint32_t *offsets, uint32_t *cursors,
                 uint32_t *order, uint8_t *sorted);

#endif
