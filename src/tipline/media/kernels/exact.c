/* Digests to rows: sorted keys, and where those with the same first bits begin. Two reads of memory a look-up. */
#include "kernels.h"
#include "sort.h"

#include <string.h>

#define AHEAD 16

INLINE uint64_t bucket_of(const uint8_t *key, int bits)
{
    uint64_t start = 0;
    for (int byte = 0; byte < 8; byte++)
        start = start << 8 | key[byte];
    return bits ? start >> (64 - bits) : 0;
}

/* What keys of one bucket differ in is rather their end than their beginning. */
INLINE int is_same(const uint8_t *one, const uint8_t *other, int width)
{
    uint64_t a, b;
    memcpy(&a, one + width - sizeof a, sizeof a);
    memcpy(&b, other + width - sizeof b, sizeof b);
    return a == b && !memcmp(one, other, width - sizeof a);
}

INLINE int64_t find_in(const Keys *in, const uint8_t *key, uint64_t low, uint64_t high)
{
    high = high < in->count ? high : in->count; /* a damaged file is told by its checksum, and never followed here */
    if (low >= high)
        return -1;
    while (high - low > 8) { /* a bucket holds three on average; keys that somebody chose may crowd one */
        uint64_t middle = low + (high - low) / 2;
        if (memcmp(in->keys + middle * in->width, key, in->width) <= 0)
            low = middle;
        else
            high = middle;
    }
    for (uint64_t row = low; row < high; row++)
        if (is_same(in->keys + row * in->width, key, in->width))
            return (int64_t)row;
    return -1;
}

int64_t exact_find(const Keys *in, const uint8_t *key)
{
    uint64_t bucket = bucket_of(key, in->bits);
    return find_in(in, key, in->offsets[bucket], in->offsets[bucket + 1]);
}

void exact_find_many(const Keys *in, const uint8_t *keys, uint64_t count, int64_t *rows)
{
    uint64_t low[AHEAD], high[AHEAD];
    for (uint64_t start = 0; start < count + 2 * AHEAD; start += AHEAD) {
        /* Three blocks are under way: offsets of this one are asked for, keys of the last, and the one before is read. */
        for (uint64_t at = start; at < start + AHEAD && at < count; at++)
            PREFETCH(in->offsets + bucket_of(keys + at * in->width, in->bits));
        if (start >= 2 * AHEAD)
            for (uint64_t at = start - 2 * AHEAD; at < start - AHEAD && at < count; at++)
                rows[at] = find_in(in, keys + at * in->width, low[at % AHEAD], high[at % AHEAD]);
        if (start >= AHEAD)
            for (uint64_t at = start - AHEAD; at < start && at < count; at++) {
                uint64_t bucket = bucket_of(keys + at * in->width, in->bits);
                low[at % AHEAD] = in->offsets[bucket];
                high[at % AHEAD] = in->offsets[bucket + 1];
                if (low[at % AHEAD] < high[at % AHEAD])
                    ask_for(in->keys + low[at % AHEAD] * in->width, (high[at % AHEAD] - low[at % AHEAD]) * in->width);
            }
    }
}

static int is_before(const void *keys, int width, uint32_t one, uint32_t other)
{
    const uint8_t *a = (const uint8_t *)keys + (uint64_t)one * width, *b = (const uint8_t *)keys + (uint64_t)other * width;
    int order = memcmp(a, b, width);
    return order ? order < 0 : one < other;
}

void exact_order(const uint8_t *keys, uint32_t count, int width, int bits, uint32_t *offsets, uint32_t *cursors,
                 uint32_t *order, uint8_t *sorted)
{
    uint64_t values = 1ull << bits;
    memset(offsets, 0, (values + 1) * sizeof(uint32_t));
    for (uint32_t row = 0; row < count; row++)
        offsets[bucket_of(keys + (uint64_t)row * width, bits) + 1]++;
    for (uint64_t value = 0; value < values; value++) {
        cursors[value] = offsets[value];
        offsets[value + 1] += offsets[value];
    }
    for (uint32_t row = 0; row < count; row++)
        order[cursors[bucket_of(keys + (uint64_t)row * width, bits)]++] = row;
    for (uint64_t value = 0; value < values; value++)
        if (offsets[value + 1] - offsets[value] > 1)
            sort_rows(order + offsets[value], offsets[value + 1] - offsets[value], is_before, keys, width);
    for (uint32_t row = 0; row < count; row++) {
        if (row + AHEAD < count)
            PREFETCH(keys + (uint64_t)order[row + AHEAD] * width);
        memcpy(sorted + (uint64_t)row * width, keys + (uint64_t)order[row] * width, width);
    }
}
