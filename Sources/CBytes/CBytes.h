// Many bytes at a time, for the loops that every byte of a dump goes through. Swift has no way to make a bit mask of a
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

#if !defined(__SSE2__)
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
#else
static inline ds_marks ds_marks_of_sse2(const uint8_t *bytes) {
  ds_marks marks = {0, 0, 0};
  for (int n = 0; n < 64; n += 16) {
    __m128i x = _mm_loadu_si128((const __m128i *)(bytes + n));
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x20)), x);
    __m128i colons = _mm_cmpeq_epi8(_mm_or_si128(x, _mm_set1_epi8(1)), _mm_set1_epi8(0x3B));
    __m128i others = _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8(0x2C)), _mm_cmpeq_epi8(x, _mm_set1_epi8(0x7C)));
    __m128i ends = _mm_or_si128(_mm_or_si128(low, colons), others);
    __m128i slashes = _mm_cmpeq_epi8(_mm_or_si128(x, _mm_set1_epi8(0x10)), _mm_set1_epi8(0x3F));
    marks.ends |= (uint64_t)(uint32_t)_mm_movemask_epi8(ends) << n;
    marks.slashes |= (uint64_t)(uint32_t)_mm_movemask_epi8(slashes) << n;
    marks.ats |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(0x40))) << n;
  }
  return marks;
}

// 32 bytes at a time by two tables: one says what a byte's low half may be, the other what its high half may be, and a
// bit that stands in both is a kind of mark. Bit 0: `:` `;`. 1: controls. 2: a blank or `,`. 3: `|`. 6: `@`. 7: `/` `?`.
__attribute__((target("avx2"))) static inline __m256i ds_kinds(const uint8_t *bytes) {
#define DS_TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)
  const __m256i low = DS_TWICE(0x46, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 0x0E, 2, 2, (char)0x82);
  const __m256i high = DS_TWICE(2, 2, (char)0x84, (char)0x81, 0x40, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0);
  __m256i x = _mm256_loadu_si256((const __m256i *)bytes);
  // Of a byte beyond ASCII the first look-up gives nothing.
  return _mm256_and_si256(_mm256_shuffle_epi8(low, x),
                          _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(x, 4), _mm256_set1_epi8(0x0F))));
}

#define DS_BITS(one, other) \
  ((uint64_t)(uint32_t)_mm256_movemask_epi8(one) | (uint64_t)(uint32_t)_mm256_movemask_epi8(other) << 32)
// The place of the lowest bit, or anything behind the last one.
#define DS_PUT(k)                              \
  ends[k] = (uint16_t)(first + _tzcnt_u64(rest)); \
  rest = _blsr_u64(rest);

__attribute__((target("avx2,bmi,popcnt"))) static int ds_mark_avx2(const uint8_t *bytes, int place, int blocks,
                                                                    uint64_t *slashes, uint64_t *ats,
                                                                    uint16_t *ends) {
  const __m256i endings = _mm256_set1_epi8(0x0F), zero = _mm256_setzero_si256();
  uint16_t *begin = ends;
  for (int block = 0; block < blocks; block++) {
    __m256i one = ds_kinds(bytes + 64 * block), other = ds_kinds(bytes + 64 * block + 32);
    slashes[block] = DS_BITS(one, other);
    ats[block] = DS_BITS(_mm256_add_epi8(one, one), _mm256_add_epi8(other, other));
    uint64_t rest = DS_BITS(_mm256_cmpgt_epi8(_mm256_and_si256(one, endings), zero),
                            _mm256_cmpgt_epi8(_mm256_and_si256(other, endings), zero));
    int first = place + 64 * block, count = _mm_popcnt_u64(rest);
    // Nearly no block has more, so that the processor need not guess how many there are.
    DS_PUT(0) DS_PUT(1) DS_PUT(2) DS_PUT(3) DS_PUT(4) DS_PUT(5)
    for (int k = 6; k < count; k++) {
      DS_PUT(k)
    }
    ends += count;
  }
  return (int)(ends - begin);
}
#endif

// More room than `ends` below has places for.
#define DS_SPARE_ENDS 6

// Looks at the `blocks` blocks of 64 bytes at `bytes`. Writes the masks of `/` and `?` and of `@`, and to `ends` where
// the bytes stand that end a field, counted from `place` on and below 65,536; returns how many these are.
static inline int ds_mark(const uint8_t *bytes, int place, int blocks, uint64_t *slashes, uint64_t *ats,
                          uint16_t *ends) {
#if defined(__SSE2__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt")) {
    return ds_mark_avx2(bytes, place, blocks, slashes, ats, ends);
  }
#endif
  int count = 0;
  for (int block = 0; block < blocks; block++) {
#if defined(__SSE2__)
    ds_marks found = ds_marks_of_sse2(bytes + 64 * block);
#else
    ds_marks found = ds_marks_of_plain(bytes + 64 * block);
#endif
    slashes[block] = found.slashes;
    ats[block] = found.ats;
    for (uint64_t rest = found.ends; rest; rest &= rest - 1) {
      ends[count++] = (uint16_t)(place + 64 * block + __builtin_ctzll(rest));
    }
  }
  return count;
}

// What a login takes in a block that holds it, and the most of it that is lower-cased.
#define DS_BLOCK_BYTES 64
#define DS_LOWER_BYTES 48

#if defined(__SSE2__)
// `n` bytes that are set stand before `ds_own_bytes + 48`, and zeros behind it.
static const uint8_t ds_own_bytes[2 * DS_LOWER_BYTES] = {
#define DS_SET_16 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255
    DS_SET_16, DS_SET_16, DS_SET_16};

// A vector of text in lower case. `odd` becomes other than zero where one of its own bytes is a control, beyond ASCII,
// `%`, `+` or a backslash. Signed: bytes of 0x80 and above are below zero, and so below a blank, as controls are. Letters
// from A on are bytes from -128 on, so that one comparison tells them.
#define DS_LOWER(W, RAW, OWN, SET, ADD, GT, EQ, AND, OR, ODD)                                                     \
  W raw = AND(RAW, OWN);                                                                                          \
  W low = OR(GT(SET(0x20), raw), GT(raw, SET(0x7E)));                                                             \
  W ODD = AND(OR(OR(low, EQ(raw, SET('%'))), OR(EQ(raw, SET('+')), EQ(raw, SET('\\')))), OWN);                    \
  W capital = GT(SET((char)(0x80 + 26)), ADD(raw, SET((char)(0x80 - 'A'))));                                      \
  W lower = OR(raw, AND(capital, SET(0x20)));

static inline __m128i ds_lower_16(const uint8_t *text, const uint8_t *own, uint8_t *output) {
  DS_LOWER(__m128i, _mm_loadu_si128((const __m128i *)text), _mm_loadu_si128((const __m128i *)own), _mm_set1_epi8,
           _mm_add_epi8, _mm_cmpgt_epi8, _mm_cmpeq_epi8, _mm_and_si128, _mm_or_si128, odd)
  _mm_storeu_si128((__m128i *)output, lower);
  return odd;
}

__attribute__((target("avx2"))) static inline __m256i ds_lower_32(const uint8_t *text, const uint8_t *own,
                                                                   uint8_t *output) {
  DS_LOWER(__m256i, _mm256_loadu_si256((const __m256i *)text), _mm256_loadu_si256((const __m256i *)own),
           _mm256_set1_epi8, _mm256_add_epi8, _mm256_cmpgt_epi8, _mm256_cmpeq_epi8, _mm256_and_si256,
           _mm256_or_si256, odd)
  _mm256_storeu_si256((__m256i *)output, lower);
  return odd;
}

__attribute__((target("avx2"))) static uint64_t ds_lower_avx2(const uint8_t *text, const size_t *starts,
                                                              const uint8_t *lengths, int count, uint8_t *output) {
  uint64_t odd = 0;
  for (int n = 0; n < count; n++, output += DS_BLOCK_BYTES) {
    const uint8_t *own = ds_own_bytes + DS_LOWER_BYTES - lengths[n];
    __m256i found = ds_lower_32(text + starts[n], own, output);
    odd |= (uint64_t)!_mm256_testz_si256(found, found) << n;
    // Most logins have less.
    if (lengths[n] > 32) {
      __m128i behind = ds_lower_16(text + starts[n] + 32, own + 32, output + 32);
      odd |= (uint64_t)!_mm_testz_si128(behind, behind) << n;
    } else {
      _mm_storeu_si128((__m128i *)(output + 32), _mm_setzero_si128());
    }
  }
  return odd;
}
#endif

// Writes `count` texts, at most 64, one to each block at `output`, in lower case as far as they are ASCII and with
// zeros behind them, 48 bytes in all. Each begins at its place of `starts` in `text` and has its `lengths`, at most 48;
// 48 bytes must be there. Returns the bits of those that hold a control, something beyond ASCII, `%`, `+` or a backslash.
static inline uint64_t ds_lower(const uint8_t *text, const size_t *starts, const uint8_t *lengths, int count,
                                uint8_t *output) {
  uint64_t odd = 0;
#if defined(__SSE2__)
  if (__builtin_cpu_supports("avx2")) return ds_lower_avx2(text, starts, lengths, count, output);
#endif
  for (int n = 0; n < count; n++, output += DS_BLOCK_BYTES) {
#if defined(__SSE2__)
    __m128i found = _mm_setzero_si128();
    for (int part = 0; part < DS_LOWER_BYTES; part += 16) {
      const uint8_t *own = ds_own_bytes + DS_LOWER_BYTES - lengths[n] + part;
      found = _mm_or_si128(found, ds_lower_16(text + starts[n] + part, own, output + part));
    }
    odd |= (uint64_t)(_mm_movemask_epi8(found) != 0) << n;
#else
    for (int place = 0; place < DS_LOWER_BYTES; place++) {
      uint8_t x = place < lengths[n] ? text[starts[n] + place] : 0;
      if (place < lengths[n] && (x < 0x20 || x >= 0x7F || x == '%' || x == '+' || x == '\\')) odd |= (uint64_t)1 << n;
      output[place] = x >= 'A' && x <= 'Z' ? x | 0x20 : x;
    }
#endif
  }
  return odd;
}

#if defined(__SSE2__)
#define DS_ROTATE(x, n) _mm256_or_si256(_mm256_slli_epi64(x, n), _mm256_srli_epi64(x, 64 - (n)))
// By 16 and 32 bits, whole bytes move.
#define DS_ROTATE_16(x)                                                                                              \
  _mm256_shuffle_epi8(x, _mm256_setr_epi8(6, 7, 0, 1, 2, 3, 4, 5, 14, 15, 8, 9, 10, 11, 12, 13, 6, 7, 0, 1, 2, 3, 4, \
                                          5, 14, 15, 8, 9, 10, 11, 12, 13))
#define DS_ROTATE_32(x) _mm256_shuffle_epi32(x, 0xB1)
#define DS_SIP_ROUND                                             \
  v0 = _mm256_add_epi64(v0, v1);                                 \
  v2 = _mm256_add_epi64(v2, v3);                                 \
  v1 = _mm256_xor_si256(DS_ROTATE(v1, 13), v0);                  \
  v3 = _mm256_xor_si256(DS_ROTATE_16(v3), v2);                   \
  v0 = _mm256_add_epi64(DS_ROTATE_32(v0), v3);                   \
  v2 = _mm256_add_epi64(v2, v1);                                 \
  v3 = _mm256_xor_si256(DS_ROTATE(v3, 21), v0);                  \
  v1 = _mm256_xor_si256(DS_ROTATE(v1, 17), v2);                  \
  v2 = DS_ROTATE_32(v2);
#define DS_SET(word) _mm256_set1_epi64x((long long)(word))

static inline long long ds_word(const uint8_t *text) {
  long long word;
  __builtin_memcpy(&word, text, sizeof word);
  return word;
}

static inline int ds_longer(int one, int other) { return one > other ? one : other; }

__attribute__((target("avx2"))) static void ds_sip_hash_avx2(const uint8_t *texts, const uint8_t *lengths, int count,
                                                             const uint64_t *state, uint64_t *hashes) {
  // Variables of their own, as an array would lie in memory.
  const __m256i s0 = DS_SET(state[0]), s1 = DS_SET(state[1]), s2 = DS_SET(state[2]), s3 = DS_SET(state[3]);
  for (int n = 0; n < count; n += 4, texts += 4 * DS_BLOCK_BYTES) {
    const uint8_t *length = lengths + n;
    int longest = ds_longer(ds_longer(length[0], length[1]), ds_longer(length[2], length[3]));
    __m256i sizes = _mm256_setr_epi64x(length[0], length[1], length[2], length[3]);
    // The word that holds the rest of a text has its length in the highest byte.
    __m256i last = _mm256_srli_epi64(sizes, 3);
    sizes = _mm256_slli_epi64(sizes, 56);
    __m256i v0 = s0, v1 = s1, v2 = s2, v3 = s3, place = _mm256_setzero_si256();
    for (const uint8_t *text = texts, *end = texts + longest; text <= end; text += 8) {
      __m256i word = _mm256_setr_epi64x(ds_word(text), ds_word(text + DS_BLOCK_BYTES),
                                        ds_word(text + 2 * DS_BLOCK_BYTES), ds_word(text + 3 * DS_BLOCK_BYTES));
      word = _mm256_or_si256(word, _mm256_and_si256(_mm256_cmpeq_epi64(place, last), sizes));
      __m256i old0 = v0, old1 = v1, old2 = v2, old3 = v3;
      v3 = _mm256_xor_si256(v3, word);
      DS_SIP_ROUND
      v0 = _mm256_xor_si256(v0, word);
      // A text that has ended keeps its state.
      __m256i has_ended = _mm256_cmpgt_epi64(place, last);
      v0 = _mm256_blendv_epi8(v0, old0, has_ended);
      v1 = _mm256_blendv_epi8(v1, old1, has_ended);
      v2 = _mm256_blendv_epi8(v2, old2, has_ended);
      v3 = _mm256_blendv_epi8(v3, old3, has_ended);
      place = _mm256_add_epi64(place, DS_SET(1));
    }
    v2 = _mm256_xor_si256(v2, DS_SET(0xFF));
    DS_SIP_ROUND
    DS_SIP_ROUND
    DS_SIP_ROUND
    __m256i hash = _mm256_xor_si256(_mm256_xor_si256(v0, v1), _mm256_xor_si256(v2, v3));
    _mm256_storeu_si256((__m256i *)(hashes + n), hash);
  }
}
#endif

// Hashes `count` texts by SipHash-1-3, four at a time, from the key's four words of `state` on: one at the beginning of
// each block at `texts`, of its `lengths`, at most 47, and with zeros behind it. Texts, lengths and hashes must be there
// for a multiple of four. Returns 0 if the processor cannot, and nothing was done.
static inline int ds_sip_hash(const uint8_t *texts, const uint8_t *lengths, int count, const uint64_t *state,
                              uint64_t *hashes) {
#if defined(__SSE2__)
  if (__builtin_cpu_supports("avx2")) {
    ds_sip_hash_avx2(texts, lengths, count, state, hashes);
    return 1;
  }
#endif
  return 0;
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

// The first place from `from` on at which `first` stands, and `last` `distance` bytes behind, or `count` if there is none
// among the `count` bytes at `text`. The bit that tells cases of letters apart does not count, nor does it in others.
static inline size_t ds_find_pair(const uint8_t *text, size_t count, size_t from, uint8_t first, uint8_t last,
                                  size_t distance) {
  first |= 0x20;
  last |= 0x20;
  size_t n = from;
#if defined(__SSE2__)
  const __m128i fold = _mm_set1_epi8(0x20);
  for (; n + distance + 16 <= count; n += 16) {
    __m128i one = _mm_or_si128(_mm_loadu_si128((const __m128i *)(text + n)), fold);
    __m128i other = _mm_or_si128(_mm_loadu_si128((const __m128i *)(text + n + distance)), fold);
    int found = _mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(one, _mm_set1_epi8((char)first)),
                                                _mm_cmpeq_epi8(other, _mm_set1_epi8((char)last))));
    if (found) return n + (size_t)__builtin_ctz((unsigned)found);
  }
#endif
  for (; n + distance < count; n++) {
    if ((text[n] | 0x20) == first && (text[n + distance] | 0x20) == last) return n;
  }
  return count;
}

// Whether one of `count` bytes is less than `limit`. The compiler makes vectors of the inner loop; of Swift's own it did not.
static inline int ds_holds_below(const uint8_t *bytes, size_t count, uint8_t limit) {
  size_t place = 0;
  while (place < count) {
    size_t end = count - place < 4096 ? count : place + 4096;
    uint8_t found = 0;
    for (; place < end; place++) found |= bytes[place] < limit;
    if (found) return 1;
  }
  return 0;
}

// Asks for the memory at `place` early; any address will do.
static inline void ds_prefetch(const void *place) { __builtin_prefetch(place, 0, 1); }
#endif
