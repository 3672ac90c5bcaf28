"""Archives for scenarios: `archives.py PATH`, and on standard input Python whose last line is their bytes.

Everything in them is invented. What Python's library cannot write (RAR, encryption) is written by hand here or, where
that needs AES, stands as it came from 7-Zip 26.02.
"""

import ast
import base64
import binascii
import bz2
import gzip
import io
import lzma
import os
import random
import struct
import sys
import tarfile
import zipfile
import zlib

RECORD = b"""URL: https://kairos.france-travail.example/login
Username: f.martin@formation-isere.example
Password: CANARY-1
Application: Google_[Chrome]_Default
===============
"""
SYSTEM = b"""Build ID: cloud_1
UserName: Florence
MachineName: PC-ACCUEIL-03
Country: FR
HWID: 7F2A61C09D4E8B35A1F06C7D92E4B810
Operation System: Windows 11 x64
Log date: 7/8/2025 5:22:10 PM
"""
COOKIE = (
    b".kairos.france-travail.example\tTRUE\t/\tTRUE\t1755000000\tKAIROS_SESSION\tCANARY-cookie\n"
)
FOLDER = "FR[7F2A61C09D4E8B35A1F06C7D92E4B810] [2025-07-08]"


def log(folder=FOLDER + "/"):
    """The files of one log, in an order in which the machine is known last."""
    return {
        folder + "Cookies/Chrome.txt": COOKIE,
        folder + "Passwords.txt": RECORD,
        folder + "UserInformation.txt": SYSTEM,
    }


# zip


def zip_(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files if isinstance(files, list) else files.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 7, 9, 10, 0, 0)), data, method)
    return out.getvalue()


def zip_encrypted(name, data, password):
    """One member, stored, by ZipCrypto."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def crc(byte, value):
        return binascii.crc32(bytes([byte]), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    def update(byte):
        keys[0] = crc(byte, keys[0])
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[1] >> 24, keys[2])

    def encrypted(byte):
        temporary = keys[2] | 2
        cipher = byte ^ (((temporary * (temporary ^ 1)) >> 8) & 0xFF)
        update(byte)
        return cipher

    for byte in password:
        update(byte)
    checksum = zlib.crc32(data)
    packed = bytes(encrypted(byte) for byte in bytes(11) + bytes([checksum >> 24]) + data)
    fields = struct.pack(
        "<HHHHHIIIHH", 20, 1, 0, 0, 0x5AE9, checksum, len(packed), len(data), len(name), 0
    )
    local = b"PK\3\4" + fields + name.encode() + packed
    record = (
        b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    ) + name.encode()
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(record), len(local), 0)
    return local + record + end


def patched(archive, *places):
    """The archive with bytes put in: pairs of an offset and bytes; a negative one counts from the directory."""
    out = bytearray(archive)
    directory = archive.index(b"PK\1\2")
    for offset, data in places:
        start = offset if offset >= 0 else directory - offset
        out[start : start + len(data)] = data
    return bytes(out)


# tar


def member(name, data=b"", **fields):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        entries = files if isinstance(files, list) else [member(*file) for file in files.items()]
        for info, data in entries:
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


# RAR, stored


def rar4(files, volume=None, goes_on=False, header_flags=0, file_flags=0, unpacked=None):
    """`volume` is the number of a part, from 0; `goes_on` says that another follows. `unpacked` is what members say of their
    length."""

    def block(kind, flags, body, data=b""):
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + data

    flags = header_flags
    if volume is not None:
        flags |= 0x01 | 0x10 | (0x100 if volume == 0 else 0)
    out = b"Rar!\x1a\x07\x00" + block(0x73, flags, bytes(6))
    for name, data in files.items():
        body = struct.pack(
            "<IIBIIBBHI", len(data), len(data) if unpacked is None else unpacked, 2, zlib.crc32(data), 0x5AE95000, 20, 0x30,
            len(name.encode()), 0x20
        )
        out += block(0x74, 0x8000 | file_flags, body + name.encode(), data)
    return out + block(0x7B, 0x4000 | (1 if goes_on else 0), b"")


def vint(value):
    out = b""
    while True:
        if value < 0x80:
            return out + bytes([value])
        out += bytes([value & 0x7F | 0x80])
        value >>= 7


def rar5_block(kind, flags, body, data=b"", extra=b""):
    if extra:
        flags |= 1
    if data:
        flags |= 2
    head = vint(kind) + vint(flags)
    head += vint(len(extra)) if extra else b""
    head += vint(len(data)) if data else b""
    head += body + extra
    head = vint(len(head)) + head
    return struct.pack("<I", zlib.crc32(head)) + head + data


def rar5(files, volume=None, goes_on=False, extra=b"", parts=None):
    """`parts` gives the size and checksum of members that are spread over volumes, and their flags."""
    flags = 0 if volume is None else 1 | (2 if volume else 0)
    out = b"Rar!\x1a\x07\x01\x00"
    out += rar5_block(1, 0, vint(flags) + (vint(volume) if volume else b""))
    for name, data in files.items():
        size, checksum, split = (parts or {}).get(name, (len(data), zlib.crc32(data), 0))
        body = vint(4) + vint(size) + vint(0x20) + struct.pack("<I", checksum)
        body += vint(0) + vint(0) + vint(len(name.encode())) + name.encode()
        out += rar5_block(2, split, body, data, extra)
    return out + rar5_block(5, 0, vint(1 if goes_on else 0))


def rar5_volumes(name, data, count):
    """One member over several volumes."""
    step = -(-len(data) // count)
    out = []
    for number in range(count):
        piece = data[number * step : (number + 1) * step]
        split = (8 if number else 0) | (16 if number < count - 1 else 0)
        checksum = zlib.crc32(data if number == count - 1 else piece)
        parts = {name: (len(data), checksum, split)}
        out.append(rar5({name: piece}, number, number < count - 1, parts=parts))
    return out


# 7z


def seven_zip(name, data, method=b"\0", hole=b"", attributes=None, unpacked=None, empty=b""):
    """One member, stored, though `method` may say other; `hole` stands between it and the directory. `unpacked` is how long
    it is said to be, and `empty` the bits of the files that are said to have no bytes."""

    def number(value):
        return b"\xff" + struct.pack("<Q", value)

    text = (name + "\0").encode("utf-16-le")
    packed = b"\6" + number(0) + b"\1\x09" + number(len(data)) + b"\0"
    folder = b"\7\x0b\1\0\1" + bytes([len(method)]) + method + b"\x0c" + number(len(data[:unpacked]))
    files = b"\5\1" + (b"\x0e\1" + empty if empty else b"") + b"\x11" + number(1 + len(text)) + b"\0" + text
    if attributes is not None:
        files += b"\x15" + number(6) + b"\1\0" + struct.pack("<I", attributes)
    files += b"\0"
    checksum = b"\x0a\1" + struct.pack("<I", zlib.crc32(data[:unpacked])) + b"\0"
    directory = b"\1\4" + packed + folder + checksum + b"\x08\0\0" + files + b"\0"
    place = struct.pack("<QQI", len(data + hole), len(directory), zlib.crc32(directory))
    mark = b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(place))
    return mark + place + data + hole + directory


def seven_zip_of_many(count):
    """A directory of `count` empty members without names, packed."""

    def number(value):
        return b"\xff" + struct.pack("<Q", value)

    packed = b"\6" + number(0) + b"\1\x09" + number(1) + b"\0"
    folder = b"\7\x0b\1\0\1\1\0\x0c" + number(1) + b"\0"
    members = b"\x08\x0d" + number(count)
    checksums = b"\x0a\0" + bytes((count + 7) // 8) + b"\0"
    # As many bytes as members follow, as if each had a name.
    directory = b"\1\4" + packed + folder + members + checksums + bytes(count)
    lzma1 = {"id": lzma.FILTER_LZMA1, "preset": 1}
    stream = lzma.compress(directory, lzma.FORMAT_RAW, filters=[lzma1])
    # Its way to be packed: LZMA, literals as the presets have them (lc 3, lp 0, pb 2), and a dictionary of 1 MiB.
    method = b"\x23\3\1\1\5\x5d" + struct.pack("<I", 1 << 20)
    place = b"\6" + number(1) + b"\1\x09" + number(len(stream)) + b"\0"
    header = b"\x17" + place + b"\7\x0b\1\0\1" + method + b"\x0c" + number(len(directory)) + b"\0\0"
    start = struct.pack("<QQI", 1 + len(stream), len(header), zlib.crc32(header))
    mark = b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start))
    return mark + start + b"x" + stream + header


# Size, flags and so on of a member that is encrypted; what it holds is of no account.
RAR5_ENCRYPTION = vint(0x30) + vint(1) + bytes(0x2F)


def rar5_encrypted_headers():
    head = rar5_block(4, 0, vint(0) + vint(0) + vint(15) + bytes(16))
    return b"Rar!\x1a\x07\x01\x00" + head + random.Random(1).randbytes(200)


# From 7-Zip 26.02: p.txt, a record of RECORD's account.


def given(text):
    return base64.b64decode("".join(text.split()))


AES_ZIP = given(
    """
UEsDBDMAAQBjABIGel0AAAAAggAAAG8AAAAFAAsAcC50eHQBmQcAAgBBRQMIADHld6Al8oGdIuDrsSWCYiN6yG/S1iRRGpmNdzZk
wmIFPgAyN2kw9ICXzbdJnBJeicwMp98J1CNrA74sTemVwQwQMOxJNhJ2oezLDEm83AIXuOsGiMUltzXkkV+WFsTAf8/IV26N+Ui6
atOKyBezd0wxNXJlSHHiO/xXpDU4J0k6fkJQSwECPwMzAAEAYwASBnpdAAAAAIIAAABvAAAABQAvAAAAAAAAACCApIEAAAAAcC50
eHQKACAAAAAAAAEAGACurFTeP33dAQAAAAAAAAAAAAAAAAAAAAABmQcAAgBBRQMIAFBLBQYAAAAAAQABAGIAAACwAAAAAAA="""
)
SEVEN_ZIP = given(
    """
N3q8ryccAATjp1iEbwAAAAAAAABSAAAAAAAAAEgYe9jgAG4AZ10AKpSFmct1X3rLbTvMGd1rFObi8Qo25FJqGZovCY+NdlS9EtXI
BGTTxxCtrjDCGyz9rAJz2QV8pg0maSmAtIhCdgsqlXGq09XvRoJprPLpTYoTP6bcpfYQR3Dn88VLLIbBB7gKaHxQAAABBAYAAQlv
AAcLAQABISEBAAxvAAgKAb3KpLAAAAUBGQwAAAAAAAAAAAAAAAARDQBwAC4AdAB4AHQAAAAUCgEArqxU3j993QEVBgEAIICkgQAA"""
)
SEVEN_ZIP_ENCRYPTED = given(
    """
N3q8ryccAAQ3iORGgAAAAAAAAABiAAAAAAAAAAVhemDKVu9LUG6/nDfBcLcVsLr+7LK70aCxNXpTiyTxX3krLLUkkuXV9x/uU7SK
j91o/UCvrDqsGBchvPwXoDBTw90HjozGHzhAjmikBZ+Ncgxe20vTx6i0jlgxf5wslOqhOQ17tpWVhy34NM3F02Rm1Dwi609Sn4CM
qod6oJ+eTS0u2gEEBgABCYCAAAcLAQACJAbxBwESUw/a+cNwPH2L3DzpAaLW/3iMISEBAAEADHFvAAgKAb3KpLAAAAUBGQARDQBw
AC4AdAB4AHQAAAAUCgEArqxU3j993QEVBgEAIICkgQAA"""
)
SEVEN_ZIP_ENCRYPTED_HEADER = given(
    """
N3q8ryccAASLTOIl8AAAAAAAAAAvAAAAAAAAAOOiQqKm+veSelaL0jqfUd4MSLHMYRC1KuPZ3qHu8bgEsqztCrwMAvoxAbBJQ50u
cuXI2cEZdnFaDuIc/1djedweUTq2hhqtl/DG/QuB+FPQSdwmQvbSk54rwQoig1ymLxIl56H4vfyBho9VOihM5njq5AnRl0Cx/KCW
Gj/dkGdZOJUdKMm9+G7mSURtyRQCseLV7jwFVzZniVvs3SZCT1rQcDdi0zirNiwbckSQn1AgjEW3r4PG9G6TcTPLMrvtKJPDkqlY
o8juPDnjFyu/gkltVhDDd9z9LJo4jSz+lpe0cdBzgdhwXP2zx9x3TwGAMH5/2zwXBoCAAQlwAAcLAQABJAbxBwESUw+WO+Egt9yl
NKSd1q9/tC1tDGIKAYv8hj8AAA=="""
)

# Written by py7zr, without a checksum of the packed directory: the wrong password gives one, too. Its password is CANARYpw.
SEVEN_ZIP_UNCHECKED_HEADER = given(
    """
N3q8ryccAATni+YlIAEAAAAAAAAqAAAAAAAAAM+vKWpRbhGtn9gP4B4iryAM+GbU6eiPiAlFBmcvfire/ci/LbNhktG3v8lEPB6ex41L
wWw8Bchfs13MlLO9ETHLCUtfH9Cy5oVG3xKSN8g6cfulhjRYm/i0DoT9bYBI9mt2XDy0Ij1pczFFmrHX//DlelR5dOhwkMvEMMun/NPl
KOtvd9X+dLZwiObW7KPJ5zDbw9MJIf5un+y7g6TsXgSoCWdPrj2qqbZEXuMPPjiuQF97re9pTDL/MO+PNy/XXEuXUqHn5JO2Zg/oGtVE
uAVCko2+mFb/W7B+v9pH5zCO0R+rAFBux8aVcNey1DH9g/tp8Hk8H6oiyFKc9eoAdMxs9nsv1PI2b+6y342R0XOsEvOVourtMmTKnAhM
8Q2iEnRO+oIXBoCgAQmAgAAHCwEAASQG8QcBElMP/EcdBV3hIpu0JgslceXfkgx9AAA="""
)


# Bombs


def crc_of_zeros(count):
    """What `zlib.crc32(bytes(count))` is, without as many bytes."""

    def product(one, other):
        out = 0
        for bit in range(31, -1, -1):
            out ^= one if other >> bit & 1 else 0
            one = one >> 1 ^ (0xEDB88320 if one & 1 else 0)
        return out

    # A zero bit at the end multiplies by x, whose powers are squared up.
    power, state = 1 << 30, 0xFFFFFFFF
    count *= 8
    while count:
        if count & 1:
            state = product(state, power)
        power = product(power, power)
        count >>= 1
    return state ^ 0xFFFFFFFF


def deflated_zeros(count, step=64 << 20):
    """`count` zeros, a multiple of `step`, as a stream of DEFLATE."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(step)) + packer.flush(zlib.Z_FULL_FLUSH)
    return piece * (count // step) + b"\3\0"


def zip_of_zeros(name, count):
    """One member, with the sizes of Zip64."""
    data = deflated_zeros(count)
    sizes = struct.pack("<HHQQ", 1, 16, count, len(data))
    fields = struct.pack(
        "<HHHHHIIIHH", 45, 0, 8, 0, 0x5AE9, crc_of_zeros(count), 0xFFFFFFFF, 0xFFFFFFFF, len(name),
        len(sizes)
    )
    local = b"PK\3\4" + fields + name.encode() + sizes + data
    record = b"PK\1\2" + struct.pack("<H", 45) + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    record += name.encode() + sizes
    return local + record + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(record), len(local), 0)


def tar_of_many(count, last):
    """So many empty files, and one more: the bytes of `last`."""
    info, _ = member("a/0000000.txt")
    block = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    total = sum(block[:148]) + 8 * 0x20 + sum(block[156:])
    out = io.BytesIO()
    for number in range(count):
        name = b"%07d" % number
        block[2:9] = name
        block[148:154] = b"%06o" % (total + sum(name) - 7 * 0x30)
        out.write(block)
    return out.getvalue() + tar({"last.txt": last})


def quine():
    """A gzip that unpacks to itself.

    Its blocks are five bytes each, whether they hold bytes or say that bytes are repeated, so that they can print each
    other; the order is Russ Cox's (research.swtch.com/zip). The checksum stands in it, too: as CRC-32 is linear, it is
    the solution of 32 equations.
    """

    def literal(count):
        return b"\0" + struct.pack("<HH", count, count ^ 0xFFFF)

    def repeat(count):
        # The last `count` bytes once more, 17 to 20, in two halves: 40 bits with the fixed codes.
        bits = "010"
        for length in (count // 2, count - count // 2):
            bits += format(length - 2, "07b") + "01000" + format(count - 17, "03b")[::-1]
        bits += "0000000"
        return bytes(int(bits[i : i + 8][::-1], 2) for i in range(0, 40, 8))

    def whole(checksum, size=0):
        head = b"\x1f\x8b\x08\x08\0\0\0\0\0\3a\0"
        tail = b"\1\0\0\xff\xff" + struct.pack("<II", checksum, size)
        before, behind = len(head) + 5, len(tail) + 5
        one, four, fours, again = literal(5), literal(20), repeat(20), repeat(before)
        out = head + literal(before) + head + literal(before) + again + one + again + one + one
        out += four + again + one + one + four + (fours + four) * 4 + fours
        out += (literal(0) * 2 + literal(behind) + fours) * 2
        return out[:-5] + (repeat(behind) + tail) * 2

    size = len(whole(0))
    wanted = zlib.crc32(whole(0, size))
    rows = {}
    for bit in range(32):
        row, mask = zlib.crc32(whole(1 << bit, size)) ^ wanted ^ 1 << bit, 1 << bit
        while row and row.bit_length() in rows:
            other, others = rows[row.bit_length()]
            row, mask = row ^ other, mask ^ others
        if row:
            rows[row.bit_length()] = row, mask
    checksum, rest = 0, wanted
    while rest:
        row, mask = rows[rest.bit_length()]
        checksum, rest = checksum ^ mask, rest ^ row
    return whole(checksum, size)


def main():
    text = ast.parse(sys.stdin.read())
    result = ast.Expression(text.body.pop().value)
    names = globals()
    exec(compile(text, "scenario", "exec"), names)
    data = eval(compile(result, "scenario", "eval"), names)
    path = sys.argv[1]
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    # A list is a set of parts: `#` in the path stands for their numbers.
    for number, part in enumerate(data if isinstance(data, list) else [data], 1):
        with open(path.replace("#", str(number)), "wb") as file:
            file.write(part)


if __name__ == "__main__":
    main()
