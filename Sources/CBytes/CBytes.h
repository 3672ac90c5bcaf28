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
#include <immintrin.h>
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

static inline ds_marks ds_marks_of_plain(const uint8_t *bytes) {
  ds_marks marks = {0, 0, 0};
  for (int n = 0; n < 64; n++) {
    uint8_t x = bytes[n];
    // `:` and `;` differ in their lowest bit only; `/` and `?` are 0x2F and 0x3F.
    marks.ends |= (uint64_t)(x <= 0x20 || (x | 1) == 0x3B || x == 0x2C || x == 0x7C) << n;
    marks.slashes |= (uint64_t)((x | 0x10) == 0x3F) << n;
    marks.ats |= (uint64_t)(x == 0x40) << n;
  }
  return marks;
}

#if defined(__SSE2__)
// The same 16 and 32 bytes at a time; the compiler writes both from one text. `W` is a vector of bytes.
#define DS_MARKS(W, LOAD, SET, MIN, EQ, OR, MASK, WIDTH)                                      \
  ds_marks marks = {0, 0, 0};                                                                 \
  for (int n = 0; n < 64; n += WIDTH) {                                                       \
    W x = LOAD((const W *)(bytes + n));                                                       \
    W low = EQ(MIN(x, SET(0x20)), x);                                                         \
    W colons = EQ(OR(x, SET(1)), SET(0x3B));                                                  \
    W ends = OR(OR(low, colons), OR(EQ(x, SET(0x2C)), EQ(x, SET(0x7C))));                     \
    marks.ends |= (uint64_t)(uint32_t)MASK(ends) << n;                                        \
    marks.slashes |= (uint64_t)(uint32_t)MASK(EQ(OR(x, SET(0x10)), SET(0x3F))) << n;          \
    marks.ats |= (uint64_t)(uint32_t)MASK(EQ(x, SET(0x40))) << n;                             \
  }                                                                                           \
  return marks;

static inline ds_marks ds_marks_of_sse2(const uint8_t *bytes) {
  DS_MARKS(__m128i, _mm_loadu_si128, _mm_set1_epi8, _mm_min_epu8, _mm_cmpeq_epi8, _mm_or_si128,
           _mm_movemask_epi8, 16)
}

__attribute__((target("avx2"))) static inline ds_marks ds_marks_of_avx2(const uint8_t *bytes) {
  DS_MARKS(__m256i, _mm256_loadu_si256, _mm256_set1_epi8, _mm256_min_epu8, _mm256_cmpeq_epi8,
           _mm256_or_si256, _mm256_movemask_epi8, 32)
}

// For a window, so that the processor is asked once for many blocks.
__attribute__((target("avx2"))) static void ds_mark_avx2(const uint8_t *bytes, int blocks, uint64_t *marks,
                                                         int stride) {
  for (int block = 0; block < blocks; block++) {
    ds_marks found = ds_marks_of_avx2(bytes + 64 * block);
    marks[block] = found.ends;
    marks[stride + block] = found.slashes;
    marks[2 * stride + block] = found.ats;
  }
}
#endif

// Writes the masks of the `blocks` blocks of 64 bytes at `bytes`: of `ends` to `marks`, and those of the other two
// `stride` and twice `stride` words behind.
static inline void ds_mark(const uint8_t *bytes, int blocks, uint64_t *marks, int stride) {
#if defined(__SSE2__)
  if (__builtin_cpu_supports("avx2")) {
    ds_mark_avx2(bytes, blocks, marks, stride);
    return;
  }
#endif
  for (int block = 0; block < blocks; block++) {
#if defined(__SSE2__)
    ds_marks found = ds_marks_of_sse2(bytes + 64 * block);
#else
    ds_marks found = ds_marks_of_plain(bytes + 64 * block);
#endif
    marks[block] = found.ends;
    marks[stride + block] = found.slashes;
    marks[2 * stride + block] = found.ats;
  }
}

// Writes the `count` bytes at `text`, at most 48, to `output` in lower case, as far as they are ASCII, and zeros behind
// them, 48 bytes in all. `text` must have `count` bytes, rounded up to a multiple of 16.
static inline ds_lowered ds_lower(const uint8_t *text, int count, uint8_t *output) {
  ds_lowered found;
#if defined(__SSE2__)
  const __m128i zero = _mm_setzero_si128();
  const __m128i places = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  __m128i length = _mm_set1_epi8((char)count);
  __m128i odd = zero, signs = zero, x[3] = {zero, zero, zero};
  uint64_t ats = 0;
  // Unrolled, and the rest only where a login is longer: most have less than 32 bytes.
#pragma clang loop unroll(full)
  for (int n = 0; n < 3; n++) {
    if (n > 0 && count <= 16 * n) break;
    __m128i raw = _mm_loadu_si128((const __m128i *)(text + 16 * n));
    __m128i own = _mm_cmplt_epi8(_mm_add_epi8(places, _mm_set1_epi8((char)(16 * n))), length);
    raw = _mm_and_si128(raw, own);
    // Signed: bytes of 0x80 and above are below zero, and so below a blank, as controls are.
    __m128i low = _mm_and_si128(_mm_cmplt_epi8(raw, _mm_set1_epi8(0x20)), own);
    odd = _mm_or_si128(odd, _mm_or_si128(low, _mm_cmpeq_epi8(raw, _mm_set1_epi8(0x7F))));
    signs = _mm_or_si128(signs, _mm_or_si128(_mm_cmpeq_epi8(raw, _mm_set1_epi8('+')),
                                             _mm_cmpeq_epi8(raw, _mm_set1_epi8('\\'))));
    ats |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(raw, _mm_set1_epi8('@'))) << (16 * n);
    // Letters from A on as bytes from -128 on, so that one comparison tells them.
    __m128i shifted = _mm_add_epi8(raw, _mm_set1_epi8((char)(0x80 - 'A')));
    __m128i capital = _mm_cmplt_epi8(shifted, _mm_set1_epi8((char)(0x80 + 26)));
    x[n] = _mm_or_si128(raw, _mm_and_si128(capital, _mm_set1_epi8(0x20)));
  }
  _mm_storeu_si128((__m128i *)output, x[0]);
  _mm_storeu_si128((__m128i *)(output + 16), x[1]);
  _mm_storeu_si128((__m128i *)(output + 32), x[2]);
  found.last_at = ats ? 63 - __builtin_clzll(ats) : -1;
  found.is_plain = _mm_movemask_epi8(odd) == 0;
  found.has_sign = _mm_movemask_epi8(signs) != 0;
#else
  found = (ds_lowered){1, 0, -1};
  for (int n = 0; n < 48; n++) {
    uint8_t x = n < count ? text[n] : 0;
    if (n < count && (x < 0x20 || x >= 0x7F)) found.is_plain = 0;
    if (x == '+' || x == '\\') found.has_sign = 1;
    if (x == '@') found.last_at = n;
    output[n] = x >= 'A' && x <= 'Z' ? x | 0x20 : x;
  }
#endif
  return found;
}

// How many bytes at `text`, of `count`, are those of a host's name: letters, digits, `.`, `-` and `_`. `text` must have
// `count` bytes, rounded up to a multiple of 16.
static inline int ds_name_length(const uint8_t *text, int count) {
  int n = 0;
#if defined(__SSE2__)
  for (; n < count; n += 16) {
    __m128i x = _mm_loadu_si128((const __m128i *)(text + n));
    __m128i folded = _mm_or_si128(x, _mm_set1_epi8(0x20));
    __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(folded, _mm_set1_epi8('a' - 1)),
                                   _mm_cmplt_epi8(folded, _mm_set1_epi8('z' + 1)));
    // `-` `.` `/` and the digits stand in a row; no name has a slash.
    __m128i other = _mm_andnot_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('/')),
                                     _mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8('-' - 1)),
                                                   _mm_cmplt_epi8(x, _mm_set1_epi8('9' + 1))));
    __m128i name = _mm_or_si128(_mm_or_si128(letter, other), _mm_cmpeq_epi8(x, _mm_set1_epi8('_')));
    unsigned odd = ~(unsigned)_mm_movemask_epi8(name) & 0xFFFFu;
    if (odd) {
      n += __builtin_ctz(odd);
      break;
    }
  }
#else
  for (; n < count; n++) {
    uint8_t x = text[n], folded = x | 0x20;
    if (!((folded >= 'a' && folded <= 'z') || (x >= '0' && x <= '9') || x == '.' || x == '-' || x == '_')) break;
  }
#endif
  return n < count ? n : count;
}

// Asks for the memory at `place` early; any address will do.
static inline void ds_prefetch(const void *place) { __builtin_prefetch(place, 0, 1); }
#endif
