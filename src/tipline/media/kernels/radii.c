/* How far each table is searched: the values to look at, and radii for one query. */
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

#define PLACE 12 /* what it costs to look at a value, in rows */

void allot(const Segment *in, const uint32_t (*rows)[2], const Search *how, uint8_t *radii)
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
