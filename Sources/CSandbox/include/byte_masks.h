// One bit for each of 64 bytes: the first step of every scan over a dump.
//
// Why C: Swift has no intrinsic for "top bit of each byte as an integer" (pmovmskb), and its SIMD
// masks are turned into integers lane by lane. May go when the standard library offers that, or
// when a benchmark shows that the compiler makes the same code of a Swift loop.

#ifndef DS_BYTE_MASKS_H
#define DS_BYTE_MASKS_H

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
#include <arm_neon.h>
#endif

#ifdef __clang__
#pragma clang assume_nonnull begin
#endif

/// The mask of the bytes equal to `value` among the 64 at `p`: bit 0 is `p[0]`, bit 63 is `p[63]`.
///
/// Reads exactly 64 bytes, at any alignment; the caller proves that they are there.
static inline uint64_t ds_mask64(const uint8_t *p, uint8_t value) {
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8((char)value);
  uint64_t mask = 0;
  for (int part = 0; part < 4; part++) {
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * part));
    mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)) << (16 * part);
  }
  return mask;
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
  // NEON has no movemask: give each lane its bit of a byte, then add neighbours three times (64
  // lanes to 8 bytes).
  static const uint8_t lane_bits[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t bits = vld1q_u8(lane_bits);
  const uint8x16_t wanted = vdupq_n_u8(value);
  const uint8x16_t a = vandq_u8(vceqq_u8(vld1q_u8(p), wanted), bits);
  const uint8x16_t b = vandq_u8(vceqq_u8(vld1q_u8(p + 16), wanted), bits);
  const uint8x16_t c = vandq_u8(vceqq_u8(vld1q_u8(p + 32), wanted), bits);
  const uint8x16_t d = vandq_u8(vceqq_u8(vld1q_u8(p + 48), wanted), bits);
  const uint8x16_t sum = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
#else
  uint64_t mask = 0;
  for (int i = 0; i < 64; i++) {
    mask |= (uint64_t)(p[i] == value) << i;
  }
  return mask;
#endif
}

/// Asks the processor for the cache line at `address`; a hint, which never faults.
static inline void ds_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 1);
}

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#endif
