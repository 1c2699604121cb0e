"""Small pictures, by their headers only, and a small PDF of nothing but its words."""

from __future__ import annotations

import struct

PNG = b"\x89PNG\r\n\x1a\n"


def png(width: int, height: int) -> bytes:
    """The beginning of a PNG of that size."""
    return PNG + struct.pack(">I4sII", 13, b"IHDR", width, height)


def jpeg(width: int, height: int, *, frame: int = 0xC0) -> bytes:
    """The beginning of a JPEG of that size, with an application segment before the frame."""
    app = struct.pack(">BBH", 0xFF, 0xE0, 16) + bytes(14)
    return b"\xff\xd8" + app + struct.pack(">BBHBHH", 0xFF, frame, 17, 8, height, width)


def pdf(*pages: str, size: tuple[int, int] = (612, 792)) -> bytes:
    """A PDF with these words on its pages, each of `size` points."""
    first = 4
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, words in enumerate(pages):
        drawing = f"BT /F1 24 Tf 72 700 Td ({words}) Tj ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}]"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {first + 2 * number + 1} 0 R >>",
            f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream",
        ]
    return _file(objects)


def _file(objects: list[str]) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, written in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{written}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    trailer = f"trailer << /Size {count} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + f"xref\n0 {count}\n0000000000 65535 f \n{table}{trailer}".encode()
