/* Rows of one bucket put in order. Heap sort: in place, and never slow, whatever was sent. */
#ifndef TIPLINE_SORT_H
#define TIPLINE_SORT_H

#include "kernels.h"

/* Whether row `one` of the values comes before row `other`; `width` is the bytes of a value where they differ. */
typedef int (*Before)(const void *values, int width, uint32_t one, uint32_t other);

INLINE void sort_rows(uint32_t *rows, uint32_t count, Before is_before, const void *values, int width)
{
    for (uint32_t built = count / 2, left = count; left > 1;) {
        uint32_t at, row;
        if (built) {
            at = --built;
            row = rows[at];
        } else {
            row = rows[--left];
            rows[left] = rows[0];
            at = 0;
        }
        for (uint32_t child; (child = 2 * at + 1) < left; at = child) {
            if (child + 1 < left && is_before(values, width, rows[child], rows[child + 1]))
                child++;
            if (!is_before(values, width, row, rows[child]))
                break;
            rows[at] = rows[child];
        }
        rows[at] = row;
    }
}

#endif
