"""What is it? By content, never by name."""

import codecs
import io
import mmap
import os
import re
import zipfile

from crm.intake.reader.common import MAX_RATIO, MAX_UNPACKED, RATIO_FROM, Refusal

_HTML = re.compile(
    r"<(?:!--|!doctype\s+html|/?(?:html|head|meta|title|link|style|script|body|table|tr|td|div|span|p|center"
    r"|form|font)\b)|mime-version:|(?:from:|subject:|content-type:)[^\n]*\n?.*\bmultipart/related",
    re.DOTALL,
)
_JSON = re.compile(r"\[\s*[\[{]|[\[{]\s*(?:\"[^\"]*\"\s*:|[\]}]\s*$)")


def sniff(path: str, name: str) -> str:
    """Return xlsx, xls, ods or csv, or refuse."""
    size = os.path.getsize(path)
    if size == 0:
        raise Refusal("EMPTY_FILE")
    with open(path, "rb") as file:
        head = file.read(8192)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _sniff_zip(path)
        if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            return _sniff_ole(file, name)
    for magic, kind in (
        (b"\x89PNG", "image"),
        (b"\xff\xd8\xff", "image"),
        (b"GIF8", "image"),
        (b"%PDF", "pdf"),
        (b"Rar!", "archive"),
        (b"7z\xbc\xaf", "archive"),
        (b"\x1f\x8b", "archive"),
        (b"{\\rtf", "document"),
        (b"SQLite", "other"),
    ):
        if head.startswith(magic):
            raise Refusal("WRONG_TYPE", kind=kind)
    if head.startswith(b"BM") and head[6:10] == bytes(4):  # where an image says nothing
        raise Refusal("WRONG_TYPE", kind="image")
    if kind := _markup(head):
        raise Refusal("WRONG_TYPE", kind=kind)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "csv"
    if b"\x00" in head and sum(byte < 9 for byte in head) > 4:
        raise Refusal("WRONG_TYPE", kind="other")
    return "csv"


def _markup(head: bytes) -> str:
    """Return html, xml or json if the file begins as one of them, web archives among them, else nothing."""
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.decode("utf-16" if wide else "utf-8", "ignore").lstrip("\ufeff \t\r\n").lower()
    if text.startswith("<?xml"):
        return "html" if "<html" in text else "xml"
    if _HTML.match(text):
        return "html"
    return "json" if _JSON.match(text) else ""


def _sniff_zip(path: str) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = {info.filename.replace("\\", "/"): info for info in package.infolist()}
            # Two parts of one name: what is checked and what is read would not be the same.
            if len({name.lower() for name in names}) != len(package.infolist()):
                raise Refusal("DAMAGED")
            total = 0
            for info in names.values():
                total += info.file_size
                if info.flag_bits & 0x1:
                    raise Refusal("ENCRYPTED")
                if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * max(info.compress_size, 1):
                    raise Refusal("BOMB")
            if total > MAX_UNPACKED or len(names) > 20_000:
                raise Refusal("BOMB")
            if "mimetype" in names and names["mimetype"].file_size < 200:
                mimetype = package.read(names["mimetype"])
                if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
                    manifest = names.get("META-INF/manifest.xml")
                    if (
                        manifest
                        and manifest.file_size < RATIO_FROM
                        and b"encryption-data" in package.read(manifest)
                    ):
                        raise Refusal("ENCRYPTED")
                    if any(key.startswith("Basic/") for key in names):
                        raise Refusal("MACRO")
                    return "ods"
            lower = {key.lower() for key in names}
            if any(key.endswith("vbaproject.bin") for key in lower):
                raise Refusal("MACRO")
            if any(key.endswith("workbook.bin") for key in lower):
                raise Refusal("WRONG_TYPE", kind="xlsb")
            if any(key.startswith("word/") for key in lower) or any(key.startswith("ppt/") for key in lower):
                raise Refusal("WRONG_TYPE", kind="document")
            if not any(key.endswith(".rels") for key in lower):
                raise Refusal("WRONG_TYPE", kind="archive")
            return "xlsx"
    except zipfile.BadZipFile as error:
        raise Refusal("DAMAGED") from error


def _sniff_ole(file: io.BufferedReader, name: str) -> str:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:

        def holds(stream: str) -> bool:
            return data.find(stream.encode("utf-16-le")) >= 0

        if holds("EncryptedPackage") or holds("EncryptionInfo"):
            raise Refusal("ENCRYPTED")
        if holds("ETExtData") or name.lower().endswith((".et", ".ett")):
            raise Refusal("WRONG_TYPE", kind="et")
        if holds("WordDocument") or holds("PowerPoint Document"):
            raise Refusal("WRONG_TYPE", kind="document")
        if holds("_VBA_PROJECT"):
            raise Refusal("MACRO")
        if holds("Workbook") or holds("Book"):
            return "xls"
    raise Refusal("WRONG_TYPE", kind="other")
