"""The signature field with its mark drawn: the PDF objects that a visible signature adds."""

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from archive.signing import _font
from archive.signing.stamp import Spot, drawing
from archive.textlayer import Rect, to_unicode_cmap, upright_matrix

if TYPE_CHECKING:
    from pyhanko.pdf_utils.generic import IndirectObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

_FONT_NAME = "/F0"
_REFERENCE = re.compile(rb"\b(\d{1,7}) \d{1,5} R\b")
_MAX_OBJECTS = 8_388_607
"""ISO 32000-1, table C.1."""


def add_field(
    writer: "IncrementalPdfFileWriter", name: str, rect: Rect, spot: Spot, rotation: int
) -> None:
    """An empty signature field with its appearance already drawn."""
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    _drop_lost_fields(writer)
    append_signature_field(writer, SigFieldSpec(name, on_page=0, box=(0, 0, 1, 1)))
    fields = writer.root["/AcroForm"]["/Fields"]
    field = next(one.get_object() for one in fields if one.get_object()["/T"] == name)
    field["/Rect"] = _numbers(*rect)
    field["/AP"] = _dictionary({"/N": _appearance(writer, spot, rotation)})
    writer.update_container(field)


def skip_used_numbers(writer: "IncrementalPdfFileWriter", pdf: bytes) -> None:
    """Let new objects take no number that the file refers to already.

    Files cut out of larger ones refer to objects they lack. A new object under such a number would
    change what a page means after the first signature, and make that signature invalid.
    """
    import pikepdf

    # qpdf knows the numbers inside object streams, but forgets references to what is not there
    referred = (int(found.group(1)) for found in _REFERENCE.finditer(pdf))
    highest = max((number for number in referred if number <= _MAX_OBJECTS), default=0)
    try:
        with pikepdf.open(BytesIO(pdf)) as opened, pikepdf.explicit_conversion():
            highest = max(highest, *(one.objgen[0] for one in opened.objects))
    except pikepdf.PdfError as error:
        raise ValueError(str(error)) from error
    last = writer._lastobj_id  # noqa: SLF001  pyHanko has no other way
    writer._lastobj_id = max(last, highest)  # noqa: SLF001  the same


def _drop_lost_fields(writer: "IncrementalPdfFileWriter") -> None:
    """Take fields that are not there any more out of the form: pyHanko stumbles over them."""
    form: Any = writer.root["/AcroForm"] if "/AcroForm" in writer.root else {}  # noqa: SIM401
    # get() would give the reference itself
    fields: Any = form["/Fields"] if "/Fields" in form else []  # noqa: SIM401
    lost = [one for one in fields if not hasattr(one.get_object(), "get")]
    for one in lost:
        fields.remove(one)
    if lost:
        writer.update_container(fields)


def _appearance(writer: "IncrementalPdfFileWriter", spot: Spot, rotation: int) -> "IndirectObject":
    from pyhanko.pdf_utils import generic

    font = _font.cut(frozenset("".join(spot.mark.lines)))
    turn = upright_matrix(Rect(0, 0, 0, 0), rotation)
    entries = {
        "/Type": generic.NameObject("/XObject"),
        "/Subtype": generic.NameObject("/Form"),
        "/BBox": _numbers(0, 0, spot.mark.width, spot.mark.height),
        "/Matrix": _numbers(*turn),
        "/Resources": _dictionary({"/Font": _dictionary({_FONT_NAME: _embed(writer, font)})}),
    }
    data = drawing(spot.mark, font, _FONT_NAME)
    return writer.add_object(_stream(entries, data))


def _embed(writer: "IncrementalPdfFileWriter", font: _font.CutFont) -> "IndirectObject":
    from pyhanko.pdf_utils import generic

    name = generic.NameObject("/TNGTHU+LiberationSerif")
    program = _stream({"/Length1": _integer(len(font.program))}, font.program)
    descriptor = {
        "/Type": generic.NameObject("/FontDescriptor"),
        "/FontName": name,
        "/Flags": _integer(6),
        "/FontBBox": _numbers(*font.box),
        "/ItalicAngle": _integer(0),
        "/Ascent": _integer(font.ascent),
        "/Descent": _integer(font.descent),
        "/CapHeight": _integer(font.ascent),
        "/StemV": _integer(80),
        "/FontFile2": writer.add_object(program),
    }
    widths = [
        item
        for glyph, advance in sorted(font.widths.items())
        for item in (_integer(glyph), _numbers(advance))
    ]
    descendant = {
        "/Type": generic.NameObject("/Font"),
        "/Subtype": generic.NameObject("/CIDFontType2"),
        "/BaseFont": name,
        "/CIDSystemInfo": _dictionary(
            {
                "/Registry": generic.TextStringObject("Adobe"),
                "/Ordering": generic.TextStringObject("Identity"),
                "/Supplement": _integer(0),
            }
        ),
        "/FontDescriptor": writer.add_object(_dictionary(descriptor)),
        "/W": generic.ArrayObject(widths),
        "/CIDToGIDMap": generic.NameObject("/Identity"),
    }
    whole = {
        "/Type": generic.NameObject("/Font"),
        "/Subtype": generic.NameObject("/Type0"),
        "/BaseFont": name,
        "/Encoding": generic.NameObject("/Identity-H"),
        "/DescendantFonts": generic.ArrayObject([writer.add_object(_dictionary(descendant))]),
        "/ToUnicode": writer.add_object(_stream({}, to_unicode_cmap(font.glyphs))),
    }
    return writer.add_object(_dictionary(whole))


# pyHanko's object classes carry no types, hence the Any and the ignores below


def _dictionary(entries: dict[str, Any]) -> Any:
    from pyhanko.pdf_utils import generic

    named = {generic.pdf_name(key): one for key, one in entries.items()}
    return generic.DictionaryObject(named)  # type: ignore[no-untyped-call]


def _numbers(*values: float) -> Any:
    from pyhanko.pdf_utils import generic

    numbers = [generic.FloatObject(f"{value:.3f}") for value in values]  # type: ignore[no-untyped-call]
    return generic.ArrayObject(numbers)


def _integer(value: int) -> Any:
    from pyhanko.pdf_utils import generic

    return generic.NumberObject(value)  # type: ignore[no-untyped-call]


def _stream(entries: dict[str, Any], data: bytes) -> Any:
    from pyhanko.pdf_utils import generic

    stream = generic.StreamObject(_dictionary(entries), stream_data=data)
    stream.compress()  # type: ignore[no-untyped-call]
    return stream
