/* What Python sees of the kernels. Arrays come and go as buffers, so that no other package is needed to build this.
 * Work that takes longer than a look-up leaves Python's lock.
 */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030b0000
#include <Python.h>

#include "kernels.h"

#include <stdlib.h>
#include <string.h>

int has_avx2, has_popcnt, has_bitalg;

#define MOST_ROWS 0xffffffffu
#define MOST_HASHES 0x0fffffffu /* a line tells places of 28 bits */
#define MOST_SIDE 65536 /* beyond it the weights leave 32 bits */

/* A buffer of at least `least` bytes, writable or not. */
static int take(PyObject *from, Py_buffer *to, int flags, uint64_t least, const char *name)
{
    if (PyObject_GetBuffer(from, to, flags) < 0)
        return 0;
    if ((uint64_t)to->len >= least)
        return 1;
    PyErr_Format(PyExc_ValueError, "%s: too short", name);
    PyBuffer_Release(to);
    return 0;
}

static PyObject *py_pdq(PyObject *module, PyObject *args)
{
    Py_buffer luma, cosines;
    PyObject *luma_of, *cosines_of, *answer = NULL;
    int height, width, forms, quality = 0, ok;
    uint8_t hashes[256];
    if (!PyArg_ParseTuple(args, "OiiOi", &luma_of, &height, &width, &cosines_of, &forms))
        return NULL;
    if (forms != 1 && forms != 8)
        return PyErr_Format(PyExc_ValueError, "forms: 1 or 8");
    if (height < 5 || width < 5 || height > MOST_SIDE || width > MOST_SIDE)
        return PyErr_Format(PyExc_ValueError, "sides: from 5 to %d", MOST_SIDE);
    if (!take(luma_of, &luma, PyBUF_SIMPLE, (uint64_t)height * width, "luma"))
        return NULL;
    if (take(cosines_of, &cosines, PyBUF_SIMPLE, 16 * 64 * sizeof(double), "cosines")) {
        Py_BEGIN_ALLOW_THREADS
        ok = pdq_hash(luma.buf, height, width, cosines.buf, forms, hashes, &quality);
        Py_END_ALLOW_THREADS
        answer = ok ? Py_BuildValue("y#i", (const char *)hashes, (Py_ssize_t)(32 * forms), quality) : PyErr_NoMemory();
        PyBuffer_Release(&cosines);
    }
    PyBuffer_Release(&luma);
    return answer;
}

static PyObject *py_permute(PyObject *module, PyObject *args)
{
    PyObject *parts[3];
    Py_buffer from, spread, to;
    if (!PyArg_ParseTuple(args, "OOO", &parts[0], &parts[1], &parts[2]))
        return NULL;
    if (!take(parts[0], &from, PyBUF_SIMPLE, 0, "hashes"))
        return NULL;
    int ok = 0;
    if (take(parts[1], &spread, PyBUF_SIMPLE, 32 * 256 * 32, "spread")) {
        if ((ok = take(parts[2], &to, PyBUF_WRITABLE, from.len / 32 * 32, "out"))) {
            Py_BEGIN_ALLOW_THREADS
            near_permute(from.buf, from.len / 32, spread.buf, to.buf);
            Py_END_ALLOW_THREADS
            PyBuffer_Release(&to);
        }
        PyBuffer_Release(&spread);
    }
    PyBuffer_Release(&from);
    return ok ? Py_NewRef(Py_None) : NULL;
}

static void release(Py_buffer *held, int count)
{
    while (count--)
        PyBuffer_Release(&held[count]);
}

static int is_within(int first, int width)
{
    if (first >= 0 && width >= 1 && width <= 31 && first + width <= 256)
        return 1;
    PyErr_SetString(PyExc_ValueError, "table: its bits are not within the hash");
    return 0;
}

static uint64_t line_bytes(int width)
{
    return ((1ull << width) + LINE_VALUES - 1) / LINE_VALUES * LINE_BYTES;
}

static PyObject *py_order_hashes(PyObject *module, PyObject *args)
{
    static const char *names[] = {"lines", "cursors", "rows", "marks"};
    PyObject *hashes, *room[4];
    int first, width, taken = 0;
    Py_buffer held[5] = {0};
    if (!PyArg_ParseTuple(args, "O(ii)(OOOO)", &hashes, &first, &width, &room[0], &room[1], &room[2], &room[3]) ||
        !is_within(first, width) || !take(hashes, &held[taken++], PyBUF_SIMPLE, 0, "hashes"))
        return NULL;
    uint64_t rows = held[0].len / 32, least[] = {line_bytes(width), (1ull << width) * 4, rows * 4, rows * 2};
    int ok = rows <= MOST_HASHES;
    if (!ok)
        PyErr_SetString(PyExc_ValueError, "hashes: too many for one segment");
    for (int at = 0; ok && at < 4 && room[at] != Py_None; at++)
        ok = take(room[at], &held[taken], PyBUF_WRITABLE, least[at], names[at]) && ++taken;
    if (ok && taken < 3)
        PyErr_SetString(PyExc_ValueError, "lines, cursors: needed");
    if (ok && taken >= 3) {
        Py_BEGIN_ALLOW_THREADS
        near_order(held[0].buf, (uint32_t)rows, first, width,
                   (Ordered){held[1].buf, held[2].buf, held[3].buf, held[4].buf});
        Py_END_ALLOW_THREADS
    }
    release(held, taken);
    return ok && taken >= 3 ? Py_NewRef(Py_None) : NULL;
}

static PyObject *py_order_keys(PyObject *module, PyObject *args)
{
    PyObject *keys, *offsets, *cursors, *order, *sorted;
    int width, bits;
    Py_buffer held[5];
    if (!PyArg_ParseTuple(args, "O(ii)(OOOO)", &keys, &width, &bits, &offsets, &cursors, &order, &sorted))
        return NULL;
    if (width < 8 || width > 64 || bits < 0 || bits > 31)
        return PyErr_Format(PyExc_ValueError, "width: from 8 to 64; bits: from 0 to 31");
    int taken = take(keys, &held[0], PyBUF_SIMPLE, 0, "keys");
    if (!taken)
        return NULL;
    uint64_t rows = held[0].len / width;
    if (rows > MOST_ROWS)
        PyErr_SetString(PyExc_ValueError, "keys: too many for one segment");
    else if (take(offsets, &held[1], PyBUF_WRITABLE, ((1ull << bits) + 1) * 4, "offsets") && ++taken &&
             take(cursors, &held[2], PyBUF_WRITABLE, (1ull << bits) * 4, "cursors") && ++taken &&
             take(order, &held[3], PyBUF_WRITABLE, rows * 4, "order") && ++taken &&
             take(sorted, &held[4], PyBUF_WRITABLE, rows * width, "sorted") && ++taken) {
        Py_BEGIN_ALLOW_THREADS
        exact_order(held[0].buf, (uint32_t)rows, width, bits, held[1].buf, held[2].buf, held[3].buf, held[4].buf);
        Py_END_ALLOW_THREADS
    }
    release(held, taken);
    return taken == 5 ? Py_NewRef(Py_None) : NULL;
}

/* Near: one segment of hashes, ready to be searched. */
typedef struct {
    PyObject ob_base;
    Segment segment;
    Py_buffer held[1 + 3 * MOST_TABLES];
    int taken;
} Near;

static int hold(Near *self, PyObject *from, uint64_t least, const char *name)
{
    if (!take(from, &self->held[self->taken], PyBUF_SIMPLE, least, name))
        return 0;
    self->taken++;
    return 1;
}

static int add_table(Near *self, PyObject *told)
{
    Table *table = &self->segment.table[self->segment.tables];
    PyObject *lines, *rows, *marks;
    uint64_t count = self->segment.count;
    if (!PyArg_ParseTuple(told, "iiOOO", &table->first, &table->width, &lines, &rows, &marks) ||
        !is_within(table->first, table->width))
        return 0;
    /* Marks are of the table that follows. */
    if (self->segment.tables && table->first < table[-1].first + table[-1].width)
        return PyErr_SetString(PyExc_ValueError, "tables: not in the order of their bits"), 0;
    if (!hold(self, lines, line_bytes(table->width), "lines"))
        return 0;
    table->lines = self->held[self->taken - 1].buf;
    table->rows = NULL;
    table->marks = NULL;
    if (rows != Py_None) {
        if (!hold(self, rows, count * sizeof *table->rows, "rows"))
            return 0;
        table->rows = self->held[self->taken - 1].buf;
        if (!hold(self, marks, count * sizeof *table->marks, "marks"))
            return 0;
        table->marks = self->held[self->taken - 1].buf;
    }
    self->segment.tables++;
    return 1;
}

static PyObject *near_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyObject *hashes, *tables;
    if (!PyArg_ParseTuple(args, "OO!", &hashes, &PyTuple_Type, &tables))
        return NULL;
    allocfunc make = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Near *self = (Near *)make(type, 0);
    if (!self)
        return NULL;
    if (!hold(self, hashes, 0, "hashes"))
        goto failed;
    self->segment.hashes = self->held[0].buf;
    self->segment.count = self->held[0].len / 32;
    if (self->segment.count > MOST_HASHES || PyTuple_Size(tables) > MOST_TABLES) {
        PyErr_SetString(PyExc_ValueError, "too many hashes or tables for one segment");
        goto failed;
    }
    for (Py_ssize_t at = 0; at < PyTuple_Size(tables); at++)
        if (!add_table(self, PyTuple_GetItem(tables, at)))
            goto failed;
    return (PyObject *)self;
failed:
    Py_DECREF(self);
    return NULL;
}

static void near_free(PyObject *object)
{
    Near *self = (Near *)object;
    PyTypeObject *type = Py_TYPE(object);
    freefunc release_memory = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self->held, self->taken);
    release_memory(object);
    Py_DECREF(type);
}

static int compare_found(const void *one, const void *other)
{
    const Found *a = one, *b = other;
    if (a->query != b->query)
        return a->query < b->query ? -1 : 1;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* One query's after the other's, the nearest first. */
static void in_order(Results *results)
{
    if (results->count > 1)
        qsort(results->found, results->count, sizeof(Found), compare_found);
}

static PyObject *told(const Results *results)
{
    PyObject *list = PyList_New((Py_ssize_t)results->count);
    for (size_t at = 0; list && at < results->count; at++) {
        PyObject *pair = Py_BuildValue("II", results->found[at].row, results->found[at].distance);
        if (!pair)
            Py_CLEAR(list);
        else
            PyList_SetItem(list, (Py_ssize_t)at, pair);
    }
    return list;
}

/* The radii of all tables, copied and checked: what is not covered would be missed without a word. Returns the largest,
 * 1 at least, with the masks of all up to it made; 0 with an error set. */
static int take_radii(const Near *self, const Py_buffer *from, int radius, uint8_t *radii)
{
    int covered = 0, top = 1, tables = self->segment.tables;
    if (from->len == tables && radius >= 0 && radius <= 256) {
        memcpy(radii, from->buf, tables);
        for (int at = 0; at < tables; at++)
            if (radii[at] != 255) {
                covered += radii[at] + 1;
                top = radii[at] > top ? radii[at] : top;
            }
    }
    if (covered <= radius || radius < 0)
        return PyErr_SetString(PyExc_ValueError, "radii: they do not cover the radius"), 0;
    if (top > 7)
        return PyErr_SetString(PyExc_ValueError, "radii: from 0 to 7, or 255 for none"), 0;
    for (int at = 0; at < tables; at++)
        for (int each = 0; each <= top; each++)
            if (!near_masks(self->segment.table[at].width, each))
                return PyErr_NoMemory(), 0;
    return top;
}

static PyObject *near_find(PyObject *object, PyObject *args)
{
    Near *self = (Near *)object;
    Py_buffer query, radii;
    int radius, ok = -1;
    unsigned long long cap;
    uint64_t words[4];
    Radii own;
    if (!PyArg_ParseTuple(args, "y*iy*K", &query, &radius, &radii, &cap))
        return NULL;
    Results results = {0};
    if (query.len != 32)
        PyErr_SetString(PyExc_ValueError, "query: 32 bytes");
    else if (take_radii(self, &radii, radius, own)) {
        Search how = {radius, own, cap, UINT32_MAX, 0};
        memcpy(words, query.buf, 32);
        Py_BEGIN_ALLOW_THREADS
        ok = near_search(&self->segment, words, 1, &how, &results);
        if (ok)
            in_order(&results);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&query);
    PyBuffer_Release(&radii);
    PyObject *answer = ok > 0 ? told(&results) : ok == 0 ? PyErr_NoMemory() : NULL;
    free(results.found);
    return answer;
}

static PyObject *near_scan_py(PyObject *object, PyObject *args)
{
    Near *self = (Near *)object;
    Py_buffer query;
    int radius, ok = -1;
    uint64_t words[4];
    if (!PyArg_ParseTuple(args, "y*i", &query, &radius))
        return NULL;
    Results results = {0};
    if (query.len != 32)
        PyErr_SetString(PyExc_ValueError, "query: 32 bytes");
    else {
        memcpy(words, query.buf, 32);
        Py_BEGIN_ALLOW_THREADS
        ok = near_scan(&self->segment, words, radius, &results);
        if (ok)
            in_order(&results);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&query);
    PyObject *answer = ok > 0 ? told(&results) : ok == 0 ? PyErr_NoMemory() : NULL;
    free(results.found);
    return answer;
}

/* Many queries: three numbers of 32 bits for each that was found, its query, row and distance. */
static PyObject *near_find_many(PyObject *object, PyObject *args)
{
    Near *self = (Near *)object;
    Py_buffer queries, radii;
    int radius, top, ok = -1;
    long long most;
    unsigned long long cap;
    Radii own;
    if (!PyArg_ParseTuple(args, "y*iy*KL", &queries, &radius, &radii, &cap, &most))
        return NULL;
    Results results = {0};
    uint64_t *words = NULL;
    uint64_t count = queries.len / 32;
    if (count > MOST_ROWS)
        PyErr_SetString(PyExc_ValueError, "queries: too many at once");
    else if (most < 0)
        PyErr_SetString(PyExc_ValueError, "most: not below 0");
    else if ((top = take_radii(self, &radii, radius, own))) {
        Search how = {radius, own, cap, most < UINT32_MAX ? (uint32_t)most : UINT32_MAX, count > 1 ? top : 0};
        Py_BEGIN_ALLOW_THREADS
        words = malloc(32 * (count ? count : 1)); /* what was sent need not lie at a word's place */
        if (words)
            memcpy(words, queries.buf, 32 * count);
        ok = words && near_search(&self->segment, words, (uint32_t)count, &how, &results);
        if (ok)
            in_order(&results);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&queries);
    PyBuffer_Release(&radii);
    PyObject *answer = NULL;
    if (ok > 0) /* a Found is these three numbers */
        answer = PyBytes_FromStringAndSize((const char *)results.found, (Py_ssize_t)(sizeof(Found) * results.count));
    else if (ok == 0)
        PyErr_NoMemory();
    free(results.found);
    free(words);
    return answer;
}

static PyMethodDef near_methods[] = {
    {"find", near_find, METH_VARARGS, "find(query, radius, radii, cap): pairs of row and distance, the nearest first."},
    {"find_many", near_find_many, METH_VARARGS,
     "find_many(queries, radius, radii, cap, most): bytes of query, row, distance."},
    {"scan", near_scan_py, METH_VARARGS, "scan(query, radius): the same by looking at every hash."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot near_slots[] = {
    {Py_tp_new, near_new},
    {Py_tp_dealloc, near_free},
    {Py_tp_methods, near_methods},
    {Py_tp_doc, "Near(hashes, tables): a segment of hashes of 256 bits."},
    {0, NULL},
};
static PyType_Spec near_spec = {"tipline.media.kernels._kernels.Near", sizeof(Near), 0, Py_TPFLAGS_DEFAULT, near_slots};

/* Exact: sorted digests. */
typedef struct {
    PyObject ob_base;
    Keys keys;
    Py_buffer held[2];
    int taken;
} Exact;

static PyObject *exact_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    PyObject *keys, *offsets;
    int width, bits;
    if (!PyArg_ParseTuple(args, "OiiO", &keys, &width, &bits, &offsets))
        return NULL;
    if (width < 8 || width > 64 || bits < 0 || bits > 31)
        return PyErr_Format(PyExc_ValueError, "width: from 8 to 64; bits: from 0 to 31");
    allocfunc make = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Exact *self = (Exact *)make(type, 0);
    if (!self)
        return NULL;
    if (take(keys, &self->held[0], PyBUF_SIMPLE, 0, "keys")) {
        self->taken = 1;
        if (take(offsets, &self->held[1], PyBUF_SIMPLE, ((1ull << bits) + 1) * 4, "offsets")) {
            self->taken = 2;
            self->keys = (Keys){self->held[0].buf, self->held[0].len / width, width, bits, self->held[1].buf};
            return (PyObject *)self;
        }
    }
    Py_DECREF(self);
    return NULL;
}

static void exact_free(PyObject *object)
{
    Exact *self = (Exact *)object;
    PyTypeObject *type = Py_TYPE(object);
    freefunc release_memory = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self->held, self->taken);
    release_memory(object);
    Py_DECREF(type);
}

static PyObject *exact_find_py(PyObject *object, PyObject *key)
{
    Exact *self = (Exact *)object;
    char *bytes;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(key, &bytes, &length) < 0)
        return NULL;
    if (length != self->keys.width)
        return PyErr_Format(PyExc_ValueError, "key: %d bytes", self->keys.width);
    return PyLong_FromLongLong(exact_find(&self->keys, (const uint8_t *)bytes));
}

static PyObject *exact_find_many_py(PyObject *object, PyObject *args)
{
    Exact *self = (Exact *)object;
    PyObject *asked, *to;
    Py_buffer keys, rows;
    if (!PyArg_ParseTuple(args, "OO", &asked, &to) || !take(asked, &keys, PyBUF_SIMPLE, 0, "keys"))
        return NULL;
    uint64_t count = keys.len / self->keys.width;
    int ok = take(to, &rows, PyBUF_WRITABLE, count * 8, "rows");
    if (ok) {
        Py_BEGIN_ALLOW_THREADS
        exact_find_many(&self->keys, keys.buf, count, rows.buf);
        Py_END_ALLOW_THREADS
        PyBuffer_Release(&rows);
    }
    PyBuffer_Release(&keys);
    return ok ? Py_NewRef(Py_None) : NULL;
}

static PyMethodDef exact_methods[] = {
    {"find", exact_find_py, METH_O, "find(key): its row, or -1."},
    {"find_many", exact_find_many_py, METH_VARARGS, "find_many(keys, rows): fills rows, 64 bits each; -1 where absent."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot exact_slots[] = {
    {Py_tp_new, exact_new},
    {Py_tp_dealloc, exact_free},
    {Py_tp_methods, exact_methods},
    {Py_tp_doc, "Exact(keys, width, bits, offsets): sorted digests."},
    {0, NULL},
};
static PyType_Spec exact_spec = {"tipline.media.kernels._kernels.Exact", sizeof(Exact), 0, Py_TPFLAGS_DEFAULT,
                                 exact_slots};

static PyMethodDef methods[] = {
    {"pdq", py_pdq, METH_VARARGS, "pdq(luma, height, width, cosines, forms): 1 or 8 hashes, quality."},
    {"permute", py_permute, METH_VARARGS, "permute(hashes, spread, out): bits moved to new places."},
    {"order_hashes", py_order_hashes, METH_VARARGS,
     "order_hashes(hashes, (first, width), (lines, cursors, rows, marks)): fills the last four; the last may be None."},
    {"order_keys", py_order_keys, METH_VARARGS,
     "order_keys(keys, (width, bits), (offsets, cursors, order, sorted)): fills the last four."},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module)
{
    for (int at = 0; at < 2; at++) {
        PyObject *type = PyType_FromSpec(at ? &exact_spec : &near_spec);
        if (!type || PyModule_AddObjectRef(module, at ? "Exact" : "Near", type) < 0) {
            Py_XDECREF(type);
            return -1;
        }
        Py_DECREF(type);
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_kernels", "Kernels of the media library.", 0, methods,
                                        slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernels(void)
{
#ifdef HAS_AVX2
    __builtin_cpu_init();
    has_avx2 = __builtin_cpu_supports("avx2") != 0;
    has_popcnt = __builtin_cpu_supports("popcnt") != 0;
    has_bitalg = __builtin_cpu_supports("avx512bitalg") && __builtin_cpu_supports("avx512bw");
#endif
    return PyModuleDef_Init(&definition);
}
