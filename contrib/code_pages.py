#!/usr/bin/env python3
"""Writes Sources/Watchlists/Normalisation/CodePageTables.swift, the code pages in which a login may stand in a dump.

It reads Python's own codecs, which are those of the Unicode consortium.

  code_pages.py              write the Swift file
  code_pages.py --check      exit 1 if the Swift file is not what would be written
"""
import pathlib
import sys

OUT = (pathlib.Path(__file__).resolve().parent.parent
       / "Sources" / "Watchlists" / "Normalisation" / "CodePageTables.swift")
SINGLE = ["cp1251", "cp1254", "cp866", "cp437"]
LEADS = range(0x81, 0xFF)
TRAILS = range(0x40, 0xFF)


def code_point(data, codec):
    """The one code point of the bytes, 0 if they are none."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return 0
    return ord(text) if len(text) == 1 else 0


def digits(number):
    """16 bits as three letters from `0` (48) to `o` (111), 6 bits each."""
    return "".join(chr(48 + (number >> shift & 63)) for shift in (12, 6, 0))


def swift_file():
    lines = [
        "// swift-format-ignore-file",
        "// Made by contrib/code_pages.py; not to be edited by hand.",
        "",
        "/// What the bytes of older code pages mean.",
        "enum CodePageTables {",
    ]
    for codec in SINGLE:
        values = [code_point(bytes([byte]), codec) for byte in range(0x80, 0x100)]
        lines += [f"  /// The code points of {codec.upper()}'s bytes 80 to FF, 0 where there is none.",
                  f"  static let {codec}: [UInt16] = ["]
        lines += ["    " + " ".join(f"0x{v:04x}," for v in values[i:i + 12]) for i in range(0, 128, 12)]
        lines += ["  ]", ""]
    lines += [
        "  /// GBK's pairs: a line of 573 letters and an LF for each first byte 81 to FE, in it three letters for each",
        "  /// second byte 40 to FE, which are the code point in digits of 6 bits, `0` being 0; `000` where there is none.",
        "  /// As text it lies in the executable's data and costs nothing at start-up. 72 KB.",
        '  static let gbk: StaticString = #"""',
    ]
    for lead in LEADS:
        lines.append("    " + "".join(digits(code_point(bytes([lead, trail]), "gbk")) for trail in TRAILS))
    lines += ['    """#', "}", ""]
    return "\n".join(lines)


def main():
    if sys.argv[1:] == ["--check"]:
        if OUT.read_text(encoding="utf-8") != swift_file():
            sys.exit(f"{OUT} is not what {sys.argv[0]} writes")
    elif not sys.argv[1:]:
        OUT.write_text(swift_file(), encoding="utf-8")
    else:
        sys.exit(__doc__)


main()
