// Sixteen bytes at a time, for the loops that every byte of a dump goes through. Swift has no way to make a bit mask of a
// comparison that compiles to one instruction (measured: six to ten times slower); once it has, this file may go.
//
// Header-only, so that it becomes part of the Swift loops. SSE2 is what every x86-64 has; elsewhere the plain loops
// below do the same. Whoever calls it proves that the bytes are there.
#ifndef DUMPSIEVE_CBYTES_H
#define DUMPSIEVE_CBYTES_H
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Bit n of each mask stands for byte n of a block of 64.
typedef struct {
  // Blanks and controls, line ends among them, and `,` `:` `;` `|`: what ends a field.
  uint64_t ends;
  // `/` and `?`: what begins a path or query.
  uint64_t slashes;
  // `@`
  uint64_t ats;
} ds_marks;

// What was found while text was lower-cased.
typedef struct {
  // Whether all bytes are ASCII, and none a control.
  int is_plain;
  // Whether `+` or a backslash is among them.
  int has_sign;
  // Where the last `@` stands, or -1.
  int last_at;
} ds_lowered;

#if defined(__SSE2__)
static inline uint64_t ds_mask(__m128i a, __m128i b, __m128i c, __m128i d) {
  return (uint64_t)(uint32_t)_mm_movemask_epi8(a) | (uint64_t)(uint32_t)_mm_movemask_epi8(b) << 16 |
         (uint64_t)(uint32_t)_mm_movemask_epi8(c) << 32 |
         (uint64_t)(uint32_t)_mm_movemask_epi8(d) << 48;
}

static inline __m128i ds_ends(__m128i x) {
  // `:` and `;` differ in their lowest bit only.
  __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x20)), x);
  __m128i colons = _mm_cmpeq_epi8(_mm_or_si128(x, _mm_set1_epi8(1)), _mm_set1_epi8(0x3B));
  __m128i comma = _mm_cmpeq_epi8(x, _mm_set1_epi8(0x2C));
  __m128i bar = _mm_cmpeq_epi8(x, _mm_set1_epi8(0x7C));
  return _mm_or_si128(_mm_or_si128(low, colons), _mm_or_si128(comma, bar));
}

static inline __m128i ds_slashes(__m128i x) {
  // 0x2F and 0x3F.
  return _mm_cmpeq_epi8(_mm_or_si128(x, _mm_set1_epi8(0x10)), _mm_set1_epi8(0x3F));
}
#endif

// The masks of the 64 bytes at `bytes`.
static inline ds_marks ds_marks_of(const uint8_t *bytes) {
  ds_marks marks;
#if defined(__SSE2__)
  const __m128i at = _mm_set1_epi8(0x40);
  __m128i a = _mm_loadu_si128((const __m128i *)bytes);
  __m128i b = _mm_loadu_si128((const __m128i *)(bytes + 16));
  __m128i c = _mm_loadu_si128((const __m128i *)(bytes + 32));
  __m128i d = _mm_loadu_si128((const __m128i *)(bytes + 48));
  marks.ends = ds_mask(ds_ends(a), ds_ends(b), ds_ends(c), ds_ends(d));
  marks.slashes = ds_mask(ds_slashes(a), ds_slashes(b), ds_slashes(c), ds_slashes(d));
  marks.ats = ds_mask(_mm_cmpeq_epi8(a, at), _mm_cmpeq_epi8(b, at), _mm_cmpeq_epi8(c, at),
                      _mm_cmpeq_epi8(d, at));
#else
  marks.ends = marks.slashes = marks.ats = 0;
  for (int n = 0; n < 64; n++) {
    uint8_t x = bytes[n];
    marks.ends |= (uint64_t)(x <= 0x20 || (x | 1) == 0x3B || x == 0x2C || x == 0x7C) << n;
    marks.slashes |= (uint64_t)((x | 0x10) == 0x3F) << n;
    marks.ats |= (uint64_t)(x == 0x40) << n;
  }
#endif
  return marks;
}

// Writes the `count` bytes at `text` to `output` in lower case, as far as they are ASCII, and zeros behind them up to a
// multiple of 16. `text` must have as many bytes, rounded up to a multiple of 16, and `output` room for them.
static inline ds_lowered ds_lower(const uint8_t *text, int count, uint8_t *output) {
  ds_lowered found = {1, 0, -1};
#if defined(__SSE2__)
  int odd = 0, sign = 0;
  for (int n = 0; n < count; n += 16) {
    __m128i x = _mm_loadu_si128((const __m128i *)(text + n));
    int left = count - n;
    unsigned own = left >= 16 ? 0xFFFFu : (1u << left) - 1u;
    // Signed: bytes of 0x80 and above are below zero, and so below a blank, as controls are.
    unsigned low = (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(x, _mm_set1_epi8(0x20)));
    unsigned deletes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(0x7F)));
    odd |= (int)((low | deletes) & own);
    __m128i signs = _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('+')),
                                 _mm_cmpeq_epi8(x, _mm_set1_epi8('\\')));
    sign |= (int)((unsigned)_mm_movemask_epi8(signs) & own);
    unsigned ats = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8('@'))) & own;
    if (ats) found.last_at = n + 31 - __builtin_clz(ats);
    __m128i capital = _mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8('A' - 1)),
                                    _mm_cmplt_epi8(x, _mm_set1_epi8('Z' + 1)));
    x = _mm_or_si128(x, _mm_and_si128(capital, _mm_set1_epi8(0x20)));
    if (left < 16) {
      const __m128i places = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      x = _mm_and_si128(x, _mm_cmplt_epi8(places, _mm_set1_epi8((char)left)));
    }
    _mm_storeu_si128((__m128i *)(output + n), x);
  }
  found.is_plain = odd == 0;
  found.has_sign = sign != 0;
#else
  int end = (count + 15) / 16 * 16;
  for (int n = 0; n < end; n++) {
    uint8_t x = n < count ? text[n] : 0;
    if (n < count && (x < 0x20 || x >= 0x7F)) found.is_plain = 0;
    if (x == '+' || x == '\\') found.has_sign = 1;
    if (x == '@') found.last_at = n;
    output[n] = x >= 'A' && x <= 'Z' ? x | 0x20 : x;
  }
#endif
  return found;
}

// Asks for the memory at `place` early; any address will do.
static inline void ds_prefetch(const void *place) { __builtin_prefetch(place, 0, 1); }
#endif
