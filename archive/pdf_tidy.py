"""Dropping from a PDF's objects what PDF/A forbids or no reader of an archive needs."""

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf, Stream

_STREAM = {"/Type", "/Subtype", "/Length", "/Filter", "/DecodeParms"}
_IMAGE_KEYS = frozenset(
    _STREAM
    | {"/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask", "/Mask"}
    | {"/Decode", "/SMask", "/SMaskInData", "/Matte"}
)
"""ISO 32000-1 table 89, less alternates, proxies (OPI), metadata and interpolation."""
_FORM_KEYS = frozenset(_STREAM | {"/FormType", "/BBox", "/Matrix", "/Resources", "/Group"})
_RESOURCE_KEYS = frozenset(
    {"/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/Properties"}
)
_PAGE_KEYS = frozenset(
    {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate"}
    | {"/Resources", "/Contents", "/Group", "/UserUnit"}
)
"""What a page may keep: the rest are actions, thumbnails, private data, links."""


def tidy_page(page: Object) -> None:
    """Leave a page only what draws it. Changes `page`."""
    _keep(page, _PAGE_KEYS)


def tidy_objects(pdf: Pdf) -> None:
    """Leave pictures, forms and resources only what draws them. Changes `pdf`."""
    for page in pdf.pages:
        _tidy_resources(page.obj.get(Name.Resources))
    for obj in pdf.objects:
        if isinstance(obj, Stream) and obj.get(Name.Subtype) == Name.Image:
            _keep(obj, _IMAGE_KEYS)
        elif isinstance(obj, Stream) and obj.get(Name.Subtype) == Name.Form:
            _keep(obj, _FORM_KEYS)
            _tidy_resources(obj.get(Name.Resources))
        elif isinstance(obj, Dictionary) and obj.get(Name.Subtype) == Name.CIDFontType2:
            _name_glyph_map(obj)


def _tidy_resources(resources: Object | None) -> None:
    if isinstance(resources, Dictionary):
        _keep(resources, _RESOURCE_KEYS)


def _name_glyph_map(font: Dictionary) -> None:
    """The default made explicit, as ISO 19005-2, 6.2.11.3.2 wants of embedded fonts."""
    if Name.CIDToGIDMap not in font:
        font[Name.CIDToGIDMap] = Name.Identity


def _keep(obj: pikepdf.Object, wanted: frozenset[str]) -> None:
    for key in [key for key in obj.keys() if key not in wanted]:  # noqa: SIM118  not a dict
        del obj[key]
