"""Bytes to text: which encoding a file is in, and what is no text at all."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from cxnlp.errors import ReadError

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "a rich-text (RTF) document"),
    (b"RIFF", "audio (RIFF)"),
    (b"ID3", "audio (MP3)"),
    (b"OggS", "audio (Ogg)"),
    (b"fLaC", "audio (FLAC)"),
    (b"\x89PNG", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ", "xz data"),
    (b"\x1f\x8b", "gzip data inside compressed data"),
)
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_TYPOGRAPHY = frozenset("\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2026\u2022\u20ac\u2122\xa0¡£§©ª«®°²³·º»¼½¾¿")


def refuse_binary(head: bytes) -> None:
    """Raise ReadError where the first bytes are those of a PDF, an archive, audio, an image, ..."""
    name = next((name for magic, name in _MAGIC if head.startswith(magic)), None)
    if name is None and head[4:8] == b"ftyp":
        name = "audio or video (MP4)"
    if name:
        raise ReadError(
            f"not a transcript but {name}", got=head[:16], allowed="text", todo="give the transcript as a text file"
        )


def sniff(head: bytes) -> tuple[str, int]:
    """(encoding, bytes of its byte order mark) of a file in UTF-16 or UTF-32, by its first bytes; ("", 0) else.

    UTF-16 without a mark is told by every second byte being NUL.

    >>> sniff("hi".encode("utf-16")), sniff("hello you".encode("utf-16-be")), sniff(b"hello")
    (('utf-16-le', 2), ('utf-16-be', 0), ('', 0))
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, len(mark)
    even, odd = head[0:4096:2], head[1:4096:2]
    if len(odd) >= 4:
        for nul, other, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
            if nul.count(0) > 0.7 * len(nul) and other.count(0) == 0:
                return name, 0
    return "", 0


def to_utf8(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Blocks of UTF-16 or UTF-32 as blocks of UTF-8. Raises ReadError where they are not that."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in blocks:
            yield decoder.decode(block).encode("utf-8")
        yield decoder.decode(b"", final=True).encode("utf-8")
    except UnicodeError as error:
        raise ReadError(f"begins as {encoding} but is not: {error}", todo="save it as UTF-8") from None


def decode(data: bytes) -> str:
    """The text of a whole file: UTF-8, else Windows-1252 (Latin-1) where that gives plausible text.

    Raises
    ------
    ReadError
        Binary data, broken UTF-8, or no plausible text: the message says what was tried and where it failed.

    >>> decode("café".encode()), decode("señor, café".encode("cp1252"))
    ('café', 'señor, café')
    """
    if (at := data.find(0)) >= 0:
        raise ReadError(
            f"binary: a NUL byte at byte {at}", line=_line(data, at), allowed="text", todo="give it as UTF-8 text"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        at, reason = error.start, error.reason
    text = _plausible(data)
    if text is None:
        raise ReadError(
            f"neither UTF-8 ({reason} at byte {at}) nor plausible as UTF-16 or Latin-1 (Windows-1252)",
            line=_line(data, at),
            got=data[at : at + 12],
            allowed="UTF-8, UTF-16, Latin-1",
            todo="save it as UTF-8",
        )
    return text


def _plausible(data: bytes) -> str | None:
    """`data` as Windows-1252, or None where that would be mojibake or noise."""
    high = len(_HIGH.findall(data))
    in_characters = sum(map(len, _UTF8_CHARACTER.findall(data)))
    if in_characters > high - in_characters:
        return None  # UTF-8 with a few broken bytes: as Windows-1252 every accent would come out wrong
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    foreign = [char for char in text if char > "\x7f"]
    likely = sum(char.isalpha() or char in _TYPOGRAPHY for char in foreign)
    if len(foreign) > 0.3 * len(text) or likely < 0.9 * len(foreign) or _CONTROL.search(text):
        return None
    return text


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1
