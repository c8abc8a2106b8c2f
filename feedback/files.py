"""Look into a file that somebody sent: what it is, whatever its name says, and whether it is kept. Pure."""

import io
import re
import zipfile

LARGEST = 10 * 1024 * 1024
MOST = 20  # of one message
ACTIVE = {
    *("exe", "com", "scr", "pif", "bat", "cmd", "msi", "msp", "dll", "cpl", "jar", "js", "jse", "vbs", "vbe", "wsf"),
    *("wsh", "ps1", "psm1", "hta", "lnk", "reg", "sh", "app", "dmg", "pkg", "deb", "rpm", "apk", "iso", "img", "chm"),
    *("docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppam", "ppsm", "sldm", "xll", "one", "url", "htm"),
    *("html", "xhtml", "svg", "mht", "mhtml", "xml", "xsl", "php", "py", "scf", "inf", "library-ms"),
}
BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"{\\rtf", "application/rtf"),
)
PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe"),
    *(b"\xcf\xfa\xed\xfe", b"L\x00\x00\x00\x01\x14\x02\x00", b"dex\n", b"\x00asm", b"!<arch>"),
)
ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"MSCF", b"\x28\xb5\x2f\xfd")
OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MACROS = ("VBA".encode("utf-16-le"), b"_VBA_PROJECT", "Macros".encode("utf-16-le"), b"Auto_Open")
OPEN_XML = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"qt  ": "video/quicktime"}
BRANDS |= {b"M4A ": "audio/mp4", b"avif": "image/avif"}
MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|math|object|embed)", re.IGNORECASE)
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})  # what a page may show as it stands
MOST_IN_ZIP = 5_000


class Refused(Exception):
    """``empty``, ``too_large``, ``program``, ``macros``, ``active_content``, ``archive`` or ``unknown_type``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def kind_of(content: bytes, name: str) -> str:
    """The type of what is in a file. Raises Refused for what is not kept."""
    if not content:
        raise Refused("empty")
    if len(content) > LARGEST:
        raise Refused("too_large")
    if content.startswith(PROGRAMS):
        raise Refused("program")
    if name.lower().rstrip(". ").rpartition(".")[2] in ACTIVE:
        raise Refused("active_content")
    if content.startswith(ARCHIVES):
        raise Refused("archive")
    if content.startswith(b"PK"):
        return _zipped(content)
    if content.startswith(OFFICE):
        if any(mark in content for mark in MACROS):
            raise Refused("macros")
        return "application/x-ole-storage"
    return _by_beginning(content) or _text(content, name)


def harmless_name(name: str, kind: str) -> str:
    r"""A name that a person can save a file under: no folders, nothing that cannot be seen, its type at the end.

    >>> harmless_name("../../etc/passwd\u202egnp.exe", "image/png")
    'passwdgnp.exe.png'
    """
    plain = re.split(r"[\\/]", INVISIBLE.sub("", name))[-1]
    plain = re.sub(r'[<>:"|?*]', "_", plain).strip(" .") or "file"
    ending = ENDINGS.get(kind, "")
    if ending and plain.lower().rpartition(".")[2] not in ending.split():
        plain = f"{plain[:180]}.{ending.split()[0]}"
    return plain if len(plain) <= 200 else plain[:150] + plain[-40:]


INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2066-\u2069\ufeff\ud800-\udfff]")
ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg jpeg", "image/gif": "gif", "image/webp": "webp", "application/pdf": "pdf",
    "text/plain": "txt csv log eml ics vcf md json text asc", "text/csv": "csv txt",
}  # fmt: skip


def _by_beginning(content: bytes) -> str:
    for beginning, kind in BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(content[8:12], "")
    if content[4:8] == b"ftyp":
        return BRANDS.get(content[8:12], "video/mp4")
    return "video/webm" if content.startswith(b"\x1aE\xdf\xa3") else ""


def _zipped(content: bytes) -> str:
    """Office files are zip archives; other archives are not kept, because nobody has looked into them."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeDecodeError, RuntimeError):
        raise Refused("archive") from None
    if len(names) > MOST_IN_ZIP or "[Content_Types].xml" not in names:
        if names[:1] == ["mimetype"] and "META-INF/manifest.xml" in names:
            if any(name.startswith(("Basic/", "Scripts/")) for name in names):
                raise Refused("macros")
            return "application/vnd.oasis.opendocument"
        raise Refused("archive")
    if any(name.lower().endswith(("vbaproject.bin", ".bin.rels")) or "activex" in name.lower() for name in names):
        raise Refused("macros")
    for beginning, kind in OPEN_XML.items():
        if any(name.startswith(beginning) for name in names):
            return kind
    raise Refused("archive")


def _text(content: bytes, name: str) -> str:
    if MARKUP.search(content[:4096].lstrip(b"\xef\xbb\xbf")):
        raise Refused("active_content")
    if b"\0" in content[:100_000]:
        raise Refused("unknown_type")
    try:
        content.decode()
    except UnicodeDecodeError:
        if sum(byte < 9 or 13 < byte < 32 for byte in content[:100_000]):
            raise Refused("unknown_type") from None
    return "text/csv" if name.lower().endswith(".csv") else "text/plain"
