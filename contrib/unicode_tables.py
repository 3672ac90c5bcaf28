#!/usr/bin/env python3
"""Writes Sources/Watchlists/Normalisation/UnicodeTables.swift, the Unicode 14.0.0 tables of
normalisation version 1 (docs/WATCHLISTS.md).

It reads Python's own unicodedata and so needs a Python whose unicodedata is 14.0.0, which is 3.11;
it looks and refuses another. The tables never change while the normalisation version is 1.

  unicode_tables.py              write the Swift file
  unicode_tables.py --check      exit 1 if the Swift file is not what would be written
  unicode_tables.py --digest     print the digests that LoginNormaliserTests.swift compares
  unicode_tables.py --assigned   print the assigned ranges that contrib/watchlist.py embeds
"""
import hashlib
import pathlib
import sys
import unicodedata

SURROGATES = range(0xD800, 0xE000)
HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)
SCALARS = [c for c in range(0x110000) if c not in SURROGATES]
OUT = (pathlib.Path(__file__).resolve().parent.parent
       / "Sources" / "Watchlists" / "Normalisation" / "UnicodeTables.swift")


def decompositions():
    """(entries, pool): for each code point that NFKD changes, where its full decomposition stands
    in the pool. Hangul is left out: the syllables are computed."""
    full = {}
    for c in SCALARS:
        if c in HANGUL_SYLLABLES:
            continue
        nfkd = unicodedata.normalize("NFKD", chr(c))
        if nfkd != chr(c):
            full[c] = nfkd
    pool = ""
    # Longest first, so that the short ones are found inside the long ones.
    for text in sorted(set(full.values()), key=lambda t: (-len(t), t)):
        if text not in pool:
            pool += text
    entries = []
    for c, text in sorted(full.items()):
        assert len(text) < 1 << 8 and pool.index(text) < 1 << 24
        entries.append(c << 32 | pool.index(text) << 8 | len(text))
    return entries, [ord(c) for c in pool]


def compositions():
    """The primary composites: canonical pairs that NFC puts together again."""
    entries = []
    for c in SCALARS:
        mapping = unicodedata.decomposition(chr(c)).split()
        if len(mapping) != 2 or mapping[0].startswith("<"):
            continue
        if unicodedata.normalize("NFC", chr(c)) != chr(c):
            continue  # a composition exclusion
        first, second = (int(m, 16) for m in mapping)
        entries.append(first << 42 | second << 21 | c)
    return sorted(entries)


def combining_classes():
    classes = ((c, unicodedata.combining(chr(c))) for c in SCALARS)
    return [c << 8 | value for c, value in classes if value]


def lower_cases():
    """str.lower of a single character is the full mapping without context."""
    entries = []
    for c in SCALARS:
        lower = chr(c).lower()
        if len(lower) != 1:
            # Nfkc.swift says it in code; a second such character would need a table.
            assert c == 0x130 and lower == "i\u0307"
        elif lower != chr(c):
            entries.append(c << 32 | ord(lower))
    return entries


def swift_array(doc, name, element, values):
    lines = [f"  /// {line}" for line in doc]
    lines.append(f"  static let {name}: [{element}] = [")
    digits = 16 if element == "UInt64" else 8
    width = 5 if element == "UInt64" else 8
    for i in range(0, len(values), width):
        lines.append("    " + " ".join(f"0x{v:0{digits}x}," for v in values[i:i + width]))
    lines.append("  ]")
    return lines


def swift_file():
    entries, pool = decompositions()
    lines = [
        "// swift-format-ignore-file",
        "// Made by contrib/unicode_tables.py from Unicode 14.0.0; not to be edited by hand.",
        "",
        "/// The Unicode 14.0.0 data that normalisation version 1 stands on.",
        "///",
        "/// Sorted flat arrays, to be searched by halving: an optimised build lays them out in",
        "/// the executable's data, so that they cost nothing at start-up. About 91 KB.",
        "enum UnicodeTables {",
    ]
    lines += swift_array(
        ["Full compatibility decompositions but for Hangul, ascending: code point in bits 32–63,",
         "offset in `decompositionPool` in bits 8–31, count in bits 0–7."],
        "decompositions", "UInt64", entries)
    lines.append("")
    lines += swift_array(
        ["The code points that `decompositions` points at."], "decompositionPool", "UInt32", pool)
    lines.append("")
    lines += swift_array(
        ["Primary composites but for Hangul, ascending: first code point in bits 42–62, second in",
         "bits 21–41, what they compose to in bits 0–20."],
        "compositions", "UInt64", compositions())
    lines.append("")
    lines += swift_array(
        ["Canonical combining classes other than 0, ascending: code point in bits 8–31, class in",
         "bits 0–7."],
        "combiningClasses", "UInt32", combining_classes())
    lines.append("")
    lines += swift_array(
        ["Lower case of what has one of its own, ascending: code point in bits 32–63, lower case",
         "in bits 0–31. U+0130, the only one with a lower case of two code points, is not here."],
        "lowerCases", "UInt64", lower_cases())
    lines.append("}")
    return "\n".join(lines) + "\n"


# Blocks from which the digest's strings are drawn: Latin, combining marks, Hangul, Indic scripts,
# compatibility forms, musical symbols. The Swift test has the same list.
STRING_BLOCKS = [
    (0x0041, 0x005A), (0x00C0, 0x017F), (0x0300, 0x036F), (0x0300, 0x036F), (0x0370, 0x03FF),
    (0x0591, 0x05F2), (0x0622, 0x065F), (0x0900, 0x0DFF), (0x0E31, 0x0F84), (0x1026, 0x1037),
    (0x1100, 0x1112), (0x1161, 0x1175), (0x11A7, 0x11C3), (0x1DC0, 0x1DFF), (0x1E00, 0x1FFF),
    (0x2100, 0x22FF), (0x3041, 0x30FF), (0x3200, 0x33FF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF),
    (0xFB00, 0xFDFF), (0xFF00, 0xFFEF), (0x11080, 0x110BF), (0x11300, 0x114CF), (0x1D150, 0x1D1FF),
    (0x1D400, 0x1D7FF),
]


def digest_strings(count):
    """Strings of 1 to 6 code points, by a generator that Swift repeats (Knuth's MMIX constants)."""
    state = 1

    def below(n):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (state >> 33) % n

    for _ in range(count):
        text = ""
        for _ in range(1 + below(6)):
            first, last = STRING_BLOCKS[below(len(STRING_BLOCKS))]
            text += chr(first + below(last - first + 1))
        yield text


def words_of_code_points():
    for c in SCALARS:
        yield from (ord(n) for n in unicodedata.normalize("NFKC", chr(c)))
        yield 0xFFFFFFFF
        yield from (ord(n) for n in chr(c).lower())
        yield 0xFFFFFFFF


def words_of_strings():
    for text in digest_strings(50_000):
        yield from (ord(n) for n in unicodedata.normalize("NFKC", text))
        yield 0xFFFFFFFF


def print_digests():
    """FNV-1a in 64 bits, a 32-bit word at a time where the published one takes a byte."""
    for what, words in (("code points", words_of_code_points()), ("strings", words_of_strings())):
        fnv = 0xCBF29CE484222325
        sha = hashlib.sha256()
        for word in words:
            fnv = (fnv ^ word) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
            sha.update(word.to_bytes(4, "little"))
        print(f"{what}: fnv 0x{fnv:016x} sha256 {sha.hexdigest()}")


def print_assigned():
    """Run lengths in hexadecimal from U+0000 on: assigned, unassigned, assigned, …"""
    runs, assigned = [0], True
    for c in range(0x110000):
        if (unicodedata.category(chr(c)) != "Cn") != assigned:
            runs.append(0)
            assigned = not assigned
        runs[-1] += 1
    line = ""
    for run in runs:
        if len(line) + len(f"{run:x}") + 1 > 95:
            print(line)
            line = ""
        line += ("" if not line else " ") + f"{run:x}"
    print(line)


def main(arguments):
    if unicodedata.unidata_version != "14.0.0":
        sys.exit(f"needs a Python with Unicode 14.0.0, such as 3.11; "
                 f"this one has {unicodedata.unidata_version}")
    if arguments == ["--digest"]:
        print_digests()
    elif arguments == ["--assigned"]:
        print_assigned()
    elif arguments == ["--check"]:
        if OUT.read_text(encoding="utf-8") != swift_file():
            sys.exit(f"{OUT.name} is not what contrib/unicode_tables.py writes")
    elif not arguments:
        OUT.write_text(swift_file(), encoding="utf-8")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
