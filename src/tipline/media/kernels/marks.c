/* Marks of many rows beside a query's, at once where the processor can. */
#include "kernels.h"

#ifdef HAS_AVX2
#include <immintrin.h>

/* Counts the bits of each mark by one instruction. Nothing is read behind the last mark. */
__attribute__((target("avx512bitalg,avx512bw"))) static uint32_t compare_at_once(const uint16_t *marks, uint32_t wanted,
                                                                                 uint16_t own, uint16_t counted, int left)
{
    __m512i apart = _mm512_xor_si512(_mm512_maskz_loadu_epi16(wanted, marks), _mm512_set1_epi16((short)own));
    apart = _mm512_popcnt_epi16(_mm512_and_si512(apart, _mm512_set1_epi16((short)counted)));
    return _mm512_mask_cmple_epi16_mask(wanted, apart, _mm512_set1_epi16((short)left));
}
#endif

uint32_t near_marks(const uint16_t *marks, int count, uint16_t own, uint16_t counted, int left)
{
#ifdef HAS_AVX2
    if (has_bitalg)
        return compare_at_once(marks, count < LANES ? (1u << count) - 1 : ~0u, own, counted, left);
#endif
    uint32_t bits = 0;
    for (int at = 0; at < count; at++) { /* no branch: which ones are near is not foreseen */
        uint32_t apart = (marks[at] ^ own) & counted;
        apart -= apart >> 1 & 0x5555;
        apart = (apart & 0x3333) + (apart >> 2 & 0x3333);
        apart = (apart + (apart >> 4)) & 0x0f0f;
        bits |= (uint32_t)((int)((apart + (apart >> 8)) & 31) <= left) << at;
    }
    return bits;
}
