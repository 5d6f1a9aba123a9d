/* How a segment's tables are made, and its hashes' bits moved. */
#include "kernels.h"
#include "sort.h"

#include <string.h>

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

INLINE void ask_ahead(const uint64_t *hashes, uint32_t count, uint32_t row, int first, int width, const uint32_t *cursors)
{
    if (row + AHEAD < count)
        PREFETCH(cursors + key_of(hashes + 4 * (uint64_t)(row + AHEAD), first, width));
}

static void place(const uint64_t *hashes, uint32_t count, int first, int width, Ordered to)
{
    for (uint32_t row = 0; row < count; row++) {
        ask_ahead(hashes, count, row, first, width, to.cursors);
        const uint64_t *hash = hashes + 4 * (uint64_t)row;
        uint32_t at = to.cursors[key_of(hash, first, width)]++;
        to.rows[at] = row;
        if (to.marks)
            to.marks[at] = (uint16_t)bits_from(hash, first + width);
    }
}

void near_order(const uint64_t *hashes, uint32_t count, int first, int width, Ordered to)
{
    uint64_t values = 1ull << width;
    uint32_t *cursors = to.cursors;
    memset(cursors, 0, values * sizeof(uint32_t));
    for (uint32_t row = 0; row < count; row++) {
        ask_ahead(hashes, count, row, first, width, cursors);
        cursors[key_of(hashes + 4 * (uint64_t)row, first, width)]++;
    }
    uint32_t before = 0;
    for (uint64_t value = 0; value < values; value++) {
        uint32_t rows = cursors[value];
        cursors[value] = to.rows ? before : before + rows;
        before += rows;
    }
    if (to.rows)
        place(hashes, count, first, width, to);
    pack(cursors, values, to.lines); /* by now each is where its value ends */
    if (to.marks || !to.rows)
        return;
    for (uint64_t value = 0, begun = 0; value < values; begun = cursors[value++])
        if (cursors[value] - begun > 1)
            sort_rows(to.rows + begun, cursors[value] - begun, is_before, hashes, 0);
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
