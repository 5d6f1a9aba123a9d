/* How far each table is searched: the values to look at, and radii of each query. */
#include "kernels.h"

#include <float.h>
#include <stdlib.h>

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

const Masks *masks_of(int width, int most)
{
    return &kept[width][most];
}

#define PLACE 60 /* what it costs to look at a value, in rows */
#define AHEAD 4  /* queries whose lines are asked for at once */

/* `rows`, for each table: how many lie at one query's value, and within one bit of it. Beyond, as many are supposed. */
static void allot(const Segment *in, const Search *how, uint32_t (*rows)[2], uint8_t *radii)
{
    int tables = in->tables, need = how->radius + 1, top = how->top;
    double best[258];
    uint8_t chosen[MOST_TABLES][258]; /* shares of table and those before, if so many are needed: 0 for none */
    for (int shares = 1; shares <= need; shares++)
        best[shares] = DBL_MAX;
    best[0] = 0;
    for (int at = 0; at < tables; at++) {
        int width = in->table[at].width;
        double cost[9] = {0}, beyond = (double)(rows[at][1] - rows[at][0]) / width + PLACE;
        for (int radius = 0; radius <= top; radius++)
            cost[radius + 1] = rows[at][0] + PLACE + beyond * (masks_of(width, radius)->count - 1);
        for (int shares = need; shares > 0; shares--) {
            chosen[at][shares] = 0;
            for (int own = 1; own <= top + 1; own++) {
                int rest = shares > own ? shares - own : 0;
                if (best[rest] + cost[own] < best[shares]) {
                    best[shares] = best[rest] + cost[own];
                    chosen[at][shares] = (uint8_t)own;
                }
            }
        }
    }
    for (int at = tables - 1, shares = need; at >= 0; at--) {
        int own = shares ? chosen[at][shares] : 0;
        radii[at] = own ? (uint8_t)(own - 1) : 255;
        shares = shares > own ? shares - own : 0;
    }
}

/* How many rows lie at a value, and at it and all that differ in one bit. */
static void count_rows(const Segment *in, const Table *table, uint32_t own, uint32_t *rows)
{
    uint32_t low, high;
    rows[0] = rows[1] = find_rows(table, in->count, own, &low, &high);
    for (int bit = 0; bit < table->width; bit++)
        rows[1] += find_rows(table, in->count, own ^ 1u << bit, &low, &high);
}

static void ask_for_lines(const Table *table, uint32_t own)
{
    PREFETCH(table->lines + (uint64_t)LINE_BYTES * (own / LINE_VALUES));
    for (int bit = 0; bit < table->width; bit++)
        PREFETCH(table->lines + (uint64_t)LINE_BYTES * ((own ^ 1u << bit) / LINE_VALUES));
}

int choose_radii(const Segment *in, const Search *how, const uint64_t *orders, uint32_t count, Radii *radii)
{
    uint64_t tables = in->tables;
    uint32_t (*rows)[2] = malloc((count * tables + 1) * sizeof *rows);
    if (!rows)
        return 0;
    for (uint64_t at = 0; at < tables; at++) {
        const Table *table = &in->table[at];
        const uint64_t *order = orders + at * count;
        for (uint32_t place = 0; place < count; place++) {
            if (place + AHEAD < count)
                ask_for_lines(table, (uint32_t)(order[place + AHEAD] >> 32));
            count_rows(in, table, (uint32_t)(order[place] >> 32), rows[(uint32_t)order[place] * tables + at]);
        }
    }
    for (uint32_t at = 0; at < count; at++)
        allot(in, how, rows + at * tables, radii[at]);
    free(rows);
    return 1;
}
