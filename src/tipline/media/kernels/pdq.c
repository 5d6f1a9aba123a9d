/* PDQ of a grey picture in bytes: the same numbers as media/pdq.py, in whole numbers until the spectrum.
 *
 * The reference filters the whole picture twice with a box and keeps 64 x 64 samples. Here only the samples are made:
 * every pixel is read about twice, in bands of rows that stay in the cache. Sums are exact, so their order is free;
 * the spectrum is summed in the order that media/pdq.py states, without fused multiplication (the build sees to it).
 */
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLES 64
#define LINE 64 /* columns at a time: one line of the cache */

typedef struct {
    int first[SAMPLES], count[SAMPLES];
    uint64_t divisor[SAMPLES];
    int fast[SAMPLES]; /* the sums fit 31 bits and the weights 15 */
    uint32_t *weights; /* SAMPLES lines of `stride` */
    int stride;
} Side;

static uint64_t common_multiple(uint64_t one, uint64_t other)
{
    uint64_t a = one, b = other;
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return one / a * other;
}

static int low_of(int at, int half, int window) { return at + half - window > 0 ? at + half - window : 0; }
static int high_of(int at, int half, int length) { return at + half < length ? at + half : length; }

/* How much each pixel of a side counts in each sample; 0 where there is no memory. */
static int weigh(Side *side, int length)
{
    int window = (length + 2 * SAMPLES - 1) / (2 * SAMPLES), half = (window + 2) / 2;
    side->stride = 2 * window + 4;
    side->weights = calloc((size_t)SAMPLES * side->stride, sizeof(uint32_t));
    if (!side->weights)
        return 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
        int at = (int)((sample + 0.5) * length / SAMPLES);
        int low = low_of(at, half, window), high = high_of(at, half, length);
        uint64_t common = 1, most = 0;
        for (int inner = low; inner < high; inner++)
            common = common_multiple(common, high_of(inner, half, length) - low_of(inner, half, window));
        uint32_t *line = side->weights + (size_t)sample * side->stride;
        int first = low_of(low, half, window), end = high_of(high - 1, half, length);
        for (int inner = low; inner < high; inner++) { /* steps up and down, summed below */
            int from = low_of(inner, half, window), to = high_of(inner, half, length);
            uint32_t share = (uint32_t)(common / (to - from));
            line[from - first] += share;
            line[to - first] -= share;
        }
        for (int place = 1; place <= end - first; place++)
            line[place] += line[place - 1];
        for (int place = 0; place < end - first; place++)
            most = line[place] > most ? line[place] : most;
        side->first[sample] = first;
        side->count[sample] = end - first;
        side->divisor[sample] = common * (high - low);
        side->fast[sample] = most < (1 << 15) && 255 * side->divisor[sample] < (1u << 31);
    }
    return 1;
}

/* A band of rows, weighed and summed: `width` sums. */
static void band_plain(const uint8_t *band, int width, const uint32_t *weights, int count, uint64_t *sums)
{
    memset(sums, 0, sizeof(uint64_t) * width);
    for (int row = 0; row < count; row++) {
        const uint8_t *line = band + (size_t)row * width;
        uint64_t weight = weights[row];
        for (int column = 0; column < width; column++)
            sums[column] += weight * line[column];
    }
}

#ifdef HAS_AVX2
#include <immintrin.h>

__attribute__((target("avx2"))) static void line_avx2(const uint8_t *band, int width, const uint32_t *weights, int count,
                                                       uint64_t *sums)
{
    __m256i held[8];
    for (int at = 0; at < 8; at++)
        held[at] = _mm256_setzero_si256();
    for (int row = 0; row < count; row += 2) {
        const uint8_t *one = band + (size_t)row * width;
        int paired = row + 1 < count;
        const uint8_t *other = paired ? one + width : one;
        __m256i both = _mm256_set1_epi32((int)((paired ? weights[row + 1] << 16 : 0) | weights[row]));
        _mm_prefetch((const char *)one + 4 * LINE, _MM_HINT_T0);
        _mm_prefetch((const char *)other + 4 * LINE, _MM_HINT_T0);
        for (int part = 0; part < 4; part++) {
            __m256i a = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(one + 16 * part)));
            __m256i b = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(other + 16 * part)));
            __m256i low = _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), both);
            __m256i high = _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), both);
            held[2 * part] = _mm256_add_epi32(held[2 * part], low);
            held[2 * part + 1] = _mm256_add_epi32(held[2 * part + 1], high);
        }
    }
    for (int part = 0; part < 4; part++) { /* unpacking took the halves apart: 0-3 and 8-11, 4-7 and 12-15 */
        __m256i low = held[2 * part], high = held[2 * part + 1];
        uint64_t *to = sums + 16 * part;
        _mm256_storeu_si256((__m256i *)to, _mm256_cvtepu32_epi64(_mm256_castsi256_si128(low)));
        _mm256_storeu_si256((__m256i *)(to + 4), _mm256_cvtepu32_epi64(_mm256_castsi256_si128(high)));
        _mm256_storeu_si256((__m256i *)(to + 8), _mm256_cvtepu32_epi64(_mm256_extracti128_si256(low, 1)));
        _mm256_storeu_si256((__m256i *)(to + 12), _mm256_cvtepu32_epi64(_mm256_extracti128_si256(high, 1)));
    }
}
#endif

static void band(const uint8_t *from, int width, const Side *down, int sample, uint64_t *sums)
{
    const uint32_t *weights = down->weights + (size_t)sample * down->stride;
    int count = down->count[sample];
#ifdef HAS_AVX2
    if (has_avx2 && down->fast[sample] && width >= LINE) {
        for (int column = 0; column < width; column += LINE) {
            int start = column + LINE <= width ? column : width - LINE; /* the last line overlaps the one before */
            line_avx2(from + start, width, weights, count, sums + start);
        }
        return;
    }
#endif
    band_plain(from, width, weights, count, sums);
}

/* The 64 x 64 samples; 0 where there is no memory. */
static int make_samples(const uint8_t *luma, int height, int width, double *samples)
{
    Side down = {0}, along = {0};
    uint64_t *sums = malloc(sizeof(uint64_t) * width);
    int ok = sums && weigh(&down, height) && weigh(&along, width);
    for (int row = 0; ok && row < SAMPLES; row++) {
        band(luma + (size_t)down.first[row] * width, width, &down, row, sums);
        for (int column = 0; column < SAMPLES; column++) {
            const uint32_t *weights = along.weights + (size_t)column * along.stride;
            const uint64_t *start = sums + along.first[column];
            uint64_t sum = 0;
            for (int place = 0; place < along.count[column]; place++)
                sum += weights[place] * start[place];
            samples[row * SAMPLES + column] =
                (double)sum / ((double)down.divisor[row] * (double)along.divisor[column]);
        }
    }
    free(sums);
    free(down.weights);
    free(along.weights);
    return ok;
}

CLONED static void make_spectrum(const double *samples, const double *cosines, double *spectrum)
{
    double half[16][SAMPLES];
    for (int row = 0; row < 16; row++) {
        for (int column = 0; column < SAMPLES; column++)
            half[row][column] = cosines[row * SAMPLES] * samples[column];
        for (int place = 1; place < SAMPLES; place++)
            for (int column = 0; column < SAMPLES; column++)
                half[row][column] += cosines[row * SAMPLES + place] * samples[place * SAMPLES + column];
    }
    double turned[SAMPLES][16];
    for (int row = 0; row < 16; row++)
        for (int place = 0; place < SAMPLES; place++)
            turned[place][row] = cosines[row * SAMPLES + place];
    for (int row = 0; row < 16; row++) {
        double line[16];
        for (int column = 0; column < 16; column++)
            line[column] = half[row][0] * turned[0][column];
        for (int place = 1; place < SAMPLES; place++)
            for (int column = 0; column < 16; column++)
                line[column] += half[row][place] * turned[place][column];
        memcpy(spectrum + 16 * row, line, sizeof line);
    }
}

CLONED static int measure(const double *samples)
{
    int gradient = 0;
    for (int row = 0; row + 1 < SAMPLES; row++)
        for (int column = 0; column < SAMPLES; column++) {
            int step = (int)((samples[(row + 1) * SAMPLES + column] - samples[row * SAMPLES + column]) * 100 / 255);
            gradient += step < 0 ? -step : step;
        }
    for (int row = 0; row < SAMPLES; row++)
        for (int column = 0; column + 1 < SAMPLES; column++) {
            int step = (int)((samples[row * SAMPLES + column + 1] - samples[row * SAMPLES + column]) * 100 / 255);
            gradient += step < 0 ? -step : step;
        }
    return gradient / 90 < 100 ? gradient / 90 : 100;
}

/* The lower one of the two in the middle of 256 values, which are moved about. */
static double median(double *values)
{
    int low = 0, high = 255;
    while (low < high) {
        double pivot = values[(low + high) / 2];
        int left = low, right = high;
        while (left <= right) {
            while (values[left] < pivot)
                left++;
            while (values[right] > pivot)
                right--;
            if (left <= right) {
                double kept = values[left];
                values[left++] = values[right];
                values[right--] = kept;
            }
        }
        if (right >= 127)
            high = right;
        else if (left <= 127)
            low = left;
        else
            return values[127];
    }
    return values[127];
}

/* One of the four ways to change signs; the hash of it, and of it mirrored along the diagonal. */
static void hash_both(const double *spectrum, int down, int across, uint8_t *hash, uint8_t *mirrored)
{
    double values[256], moved[256];
    for (int row = 0; row < 16; row++)
        for (int column = 0; column < 16; column++) { /* index 0 is the first, an odd frequency */
            int minus = (down & ~row & 1) ^ (across & ~column & 1);
            values[16 * row + column] = minus ? -spectrum[16 * row + column] : spectrum[16 * row + column];
        }
    memcpy(moved, values, sizeof moved);
    double middle = median(moved);
    memset(hash, 0, 32);
    memset(mirrored, 0, 32);
    for (int row = 0; row < 16; row++)
        for (int column = 0; column < 16; column++) {
            int bit = 16 * row + column, turned = 16 * column + row, is_above = values[bit] > middle;
            hash[31 - bit / 8] |= (uint8_t)(is_above << (bit % 8)); /* bit k weighs 2^k in one big number */
            mirrored[31 - turned / 8] |= (uint8_t)(is_above << (turned % 8));
        }
}

int pdq_hash(const uint8_t *luma, int height, int width, const double *cosines, int forms, uint8_t *hashes, int *quality)
{
    double samples[SAMPLES * SAMPLES], spectrum[256];
    if (!make_samples(luma, height, width, samples))
        return 0;
    make_spectrum(samples, cosines, spectrum);
    *quality = measure(samples);
    if (forms == 1) {
        uint8_t mirrored[32];
        hash_both(spectrum, 0, 0, hashes, mirrored);
        return 1;
    }
    hash_both(spectrum, 0, 0, hashes, hashes + 6 * 32);
    hash_both(spectrum, 1, 1, hashes + 2 * 32, hashes + 7 * 32);
    hash_both(spectrum, 1, 0, hashes + 4 * 32, hashes + 3 * 32);
    hash_both(spectrum, 0, 1, hashes + 5 * 32, hashes + 1 * 32);
    return 1;
}
