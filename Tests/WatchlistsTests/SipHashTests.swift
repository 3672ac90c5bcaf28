import Testing

@testable import Watchlists

@Suite("SipHash-1-3")
struct SipHashTests {
  /// CPython 3.11's `hash()` of `bytes(range(n))`, *n* from 1 to 64, under `PYTHONHASHSEED=42`.
  ///
  /// It is SipHash-1-3 by other people (`sys.hash_info.algorithm`), under the key that CPython's generator
  /// makes of 42.
  static let fromCPython: [UInt64] = [
    0xce88_0c36_6bcf_3489, 0xef32_fbc0_469f_0756, 0xef4b_9dca_e9b0_4417, 0x7979_3200_f3b3_b3db,
    0xbe86_53fc_64f9_5fbd, 0xb32b_5a11_6198_00dd, 0xce28_0fab_c397_fbda, 0x6086_6c3c_108c_6afb,
    0x6881_4005_f746_9e03, 0x060a_514c_d0a2_e301, 0x72f3_15ef_14fb_4b09, 0x550f_e6ca_26ef_7fdd,
    0x19c8_185b_4c3e_2799, 0xfaa1_fc22_24a0_7929, 0x94ac_e24d_68c1_8cf8, 0x3391_76f3_ac59_ce05,
    0xed27_06b4_14c2_96f1, 0xcdd7_7102_5319_29e2, 0x33a5_1c4b_838d_8070, 0xa7db_b0b1_fa08_42a3,
    0x20df_d910_e013_4ee5, 0xcd0f_e2c8_291e_801e, 0xad71_bad8_31e3_a42d, 0xae43_1c6f_b201_ce8b,
    0x0979_abaf_2e4d_385e, 0x7a63_8651_6c9d_b280, 0xb0c2_acd9_e8f3_2b9c, 0x5395_26f9_be7b_c8e8,
    0x80ac_a43c_39d6_22a3, 0x02bd_d641_63fc_53a4, 0x06f3_af51_bda7_1c61, 0x26f2_ecd4_7de5_0371,
    0x0c2f_62fe_705a_39bc, 0xf36e_3b1f_a087_3bc4, 0x5f01_e52e_566b_6883, 0x3251_68a6_b0dc_469f,
    0x2be7_232e_e94b_7e5f, 0xc475_b896_8275_842d, 0xc6e2_7a94_ae54_52f3, 0xde03_d697_bf20_e38a,
    0x738c_6863_d812_c266, 0xde0a_234d_dc2b_b678, 0xb67b_95b3_5706_2551, 0x2991_1eff_4d51_e13d,
    0x53f6_e668_e7fb_95e2, 0xed79_c335_8e44_c539, 0x2756_8041_2b45_19a3, 0x567c_448c_8884_a52b,
    0x8be2_a3cb_5270_4009, 0x164f_eac2_4917_ec19, 0x39b7_26f7_3ef5_45d1, 0x7ec4_a07d_0082_066b,
    0x23ab_9cd1_89b6_0fb0, 0x7a5b_e6d7_8842_117c, 0x1aa5_ebf1_421b_acc3, 0x6d85_aecd_e756_43f1,
    0x5539_57a2_ca3d_0178, 0x958f_5b7f_5f95_2508, 0xa231_19bd_8d7b_a75c, 0xc2f6_babe_ec82_6e14,
    0xa0d5_052b_62d8_8a85, 0x4ff1_b679_3caa_7e77, 0x06e2_4d6f_0d01_4c37, 0x9163_9ef7_de8d_52cb,
  ]

  @Test("every length from 1 to 64 hashes as CPython hashes it")
  func lengths() {
    let hasher = SipHash(k0: 0xdc50_4fd3_68cd_90af, k1: 0xb920_bb9f_fe99_e9c1)
    let hashes = (1...64).map { hasher.hash((0..<$0).map { UInt8($0) }) }
    #expect(hashes == Self.fromCPython)
  }

  @Test(
    "published values under other keys",
    arguments: [
      // Rust's core library, sip.rs, first vector of test_siphash_1_3: dc c4 0f 05 58 01 ac ab.
      (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908, [], 0xabac_0158_050f_c4dc),
      // OCaml's test suite, from the reference implementation.
      (0, 0, [], 0xd1fb_a762_150c_532c),
      (0, 0, [0], 0x68a9_1412_8e01_e473),
    ] as [(UInt64, UInt64, [UInt8], UInt64)]
  )
  func published(k0: UInt64, k1: UInt64, message: [UInt8], hash: UInt64) {
    #expect(SipHash(k0: k0, k1: k1).hash(message) == hash)
  }

  @Test("the key's halves are little-endian, the first one first")
  func key() throws {
    let hasher = SipHash(key: try SecretBytes(Array(0..<16)))
    #expect(hasher.hash([]) == 0xabac_0158_050f_c4dc)
  }

  @Test("a part of a larger span hashes as the same bytes alone, at any alignment")
  func alignment() {
    let hasher = SipHash(k0: 1, k1: 2)
    let bytes = (0..<40).map { UInt8($0) }
    for start in 0..<9 {
      let alone = hasher.hash(Array(bytes[start..<(start + 21)]))
      let part = hasher.hash(bytes.span.extracting(start..<(start + 21)))
      #expect(part == alone)
    }
  }

  @Test("what is hashed out of a block, with other bytes before it, hashes as the same bytes alone")
  func behindEight() {
    let hasher = SipHash(k0: 0xdc50_4fd3_68cd_90af, k1: 0xb920_bb9f_fe99_e9c1)
    for before: UInt8 in [0, 0xFF] {
      let hashes = (1...64).map { length in
        let block = [UInt8](repeating: before, count: 8) + (0..<length).map { UInt8($0) }
        return block.withUnsafeBytes { bytes in
          bytes.baseAddress.map { hasher.hash(behindEight: $0 + 8, length) }
        }
      }
      #expect(hashes == Self.fromCPython)
    }
  }
}
