"""Reading and cleaning a page's drawing instructions.

What a scanner's software wrote behind or beneath the picture is taken out before our own text goes
in: text that paints nothing (render mode 3), and text that the page's own picture covers. What no
instruction names leaves the page's resources.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pikepdf
from pikepdf import ContentStreamInlineImage, Dictionary, Name, Object, Pdf, Stream

from archive.pdf_errors import SourceTooLargeError, SourceUnreadableError
from archive.pdf_limits import MAX_CONTENT_BYTES, MAX_FORM_DEPTH
from archive.textlayer import Matrix, Rect

_SHOWS = frozenset({"Tj", "TJ", "'", '"'})
_INVISIBLE = 3
_COVERS = 0.9
"""Share of the page a picture must take to count as the page's scan."""

Instruction = pikepdf.ContentStreamInstruction | ContentStreamInlineImage
_Kept = Instruction | tuple[list[Object | pikepdf.PdfInlineImage], pikepdf.Operator]


@dataclass(slots=True)
class _State:
    """The part of the graphics state that matters here."""

    matrix: Matrix
    mode: int = 0
    font: str = ""


@dataclass(slots=True)
class _Stripped:
    """What is left of a stream."""

    instructions: list[_Kept] = field(default_factory=list)
    fonts: set[str] = field(default_factory=set)
    """Resource names of the fonts that still show something."""
    drawn: set[str] = field(default_factory=set)
    """Resource names of the pictures and forms that are drawn."""


def clean_content(pdf: Pdf, page: pikepdf.Page, box: Rect, *, strip_text: bool) -> None:
    """Take out what is not drawn, and with `strip_text` the text nobody sees. Changes `page`.

    Raises SourceTooLargeError, SourceUnreadableError.
    """
    resources = _dictionary(page.obj.get(Name.Resources))
    instructions = _parse(page.obj)
    covered = _last_cover(instructions, resources, box)
    stripper = _Stripper(pdf, strip_text=strip_text)
    data, kept = stripper.clean(instructions, resources, mode=0, depth=0, covered=covered)
    page.obj[Name.Resources] = kept
    page.obj[Name.Contents] = pdf.make_stream(data)


class _Stripper:
    """Walks a content stream and the forms it draws, dropping text that paints nothing."""

    def __init__(self, pdf: Pdf, *, strip_text: bool) -> None:
        self._pdf = pdf
        self._strip_text = strip_text
        self._budget = MAX_CONTENT_BYTES

    def clean(
        self,
        instructions: Sequence[Instruction],
        resources: Dictionary,
        *,
        mode: int,
        depth: int,
        covered: int = -1,
    ) -> tuple[bytes, Dictionary]:
        """The cleaned stream and its resources (copies; the source's may be shared)."""
        if depth > MAX_FORM_DEPTH:
            raise SourceTooLargeError(detail="forms nested too deep")
        resources = _copy(resources)
        forms = _copy(_dictionary(resources.get(Name.XObject)))
        stripped = self._walk(instructions, forms, mode=mode, depth=depth, covered=covered)
        resources[Name.XObject] = forms
        _keep(resources, Name.XObject, stripped.drawn)
        _keep(resources, Name.Font, stripped.fonts)
        kept = [one for one in stripped.instructions if _is_wanted(one, stripped.fonts)]
        data = pikepdf.unparse_content_stream(kept)
        self._budget -= len(data)
        if self._budget < 0:
            raise SourceTooLargeError(detail="drawing instructions too long")
        return data, resources

    def _walk(
        self,
        instructions: Sequence[Instruction],
        forms: Dictionary,
        *,
        mode: int,
        depth: int,
        covered: int,
    ) -> _Stripped:
        stripped = _Stripped()
        state = _State(_IDENTITY, mode)
        stack: list[_State] = []
        for index, instruction in enumerate(instructions):
            operator, operands = str(instruction.operator), instruction.operands
            hidden = self._strip_text and (state.mode == _INVISIBLE or index < covered)
            if operator in _SHOWS and hidden:
                if operator in {"'", '"'}:
                    stripped.instructions.append(([], pikepdf.Operator("T*")))
                continue
            if operator in _SHOWS:
                stripped.fonts.add(state.font)
            elif operator == "Do" and operands:
                stripped.drawn.add(str(operands[0]))
                self._form(str(operands[0]), forms, state.mode, depth)
            else:
                state = _next_state(operator, list(operands), state, stack)
            stripped.instructions.append(instruction)
        return stripped

    def _form(self, name: str, forms: Dictionary, mode: int, depth: int) -> None:
        form = forms.get(name)
        if not isinstance(form, Stream) or form.get(Name.Subtype) != Name.Form:
            return
        resources = _dictionary(form.get(Name.Resources))
        instructions = _parse(form)
        data, kept = self.clean(instructions, resources, mode=mode, depth=depth + 1)
        entries = {
            key: value
            for key, value in form.items()
            if key not in {"/Length", "/Filter", "/DecodeParms", "/Resources"}
        }
        copied = self._pdf.make_stream(data)
        for key, value in entries.items():
            copied[key] = value
        copied[Name.Resources] = kept
        forms[name] = copied


_IDENTITY = Matrix(1, 0, 0, 1, 0, 0)


def _next_state(
    operator: str, operands: Sequence[object], state: _State, stack: list[_State]
) -> _State:
    if operator == "q":
        stack.append(_State(state.matrix, state.mode, state.font))
    elif operator == "Q" and stack:
        return stack.pop()
    elif operator == "Tr" and operands:
        state.mode = int(_float(operands[0]))
    elif operator == "Tf" and operands:
        state.font = str(operands[0])
    elif operator == "cm" and len(operands) == 6:
        state.matrix = _times(Matrix(*(_float(value) for value in operands)), state.matrix)
    return state


def _last_cover(instructions: Sequence[Instruction], resources: Dictionary, box: Rect) -> int:
    """Index of the last picture that hides everything drawn before it; -1 where none does."""
    images = _dictionary(resources.get(Name.XObject))
    state, stack, last = _State(_IDENTITY), list[_State](), -1
    for index, instruction in enumerate(instructions):
        operator = str(instruction.operator)
        operands: list[object] = list(instruction.operands)
        if operator != "Do":
            state = _next_state(operator, operands, state, stack)
        elif operands and _is_opaque(images.get(str(operands[0]))) and _covers(state.matrix, box):
            last = index
    return last


def _is_opaque(image: Object | None) -> bool:
    return (
        isinstance(image, Stream)
        and image.get(Name.Subtype) == Name.Image
        and not any(key in image for key in (Name.SMask, Name.Mask))
        and not bool(image.get(Name.ImageMask, False))
    )


def _covers(matrix: Matrix, box: Rect) -> bool:
    """Whether the unit square under `matrix` takes most of the page."""
    xs = [matrix.e, matrix.e + matrix.a, matrix.e + matrix.c, matrix.e + matrix.a + matrix.c]
    ys = [matrix.f, matrix.f + matrix.b, matrix.f + matrix.d, matrix.f + matrix.b + matrix.d]
    across = min(max(xs), box.x1) - max(min(xs), box.x0)
    up = min(max(ys), box.y1) - max(min(ys), box.y0)
    return across >= _COVERS * box.width and up >= _COVERS * box.height


def _times(first: Matrix, then: Matrix) -> Matrix:
    return Matrix(
        first.a * then.a + first.b * then.c,
        first.a * then.b + first.b * then.d,
        first.c * then.a + first.d * then.c,
        first.c * then.b + first.d * then.d,
        first.e * then.a + first.f * then.c + then.e,
        first.e * then.b + first.f * then.d + then.f,
    )


def _parse(holder: Object) -> Sequence[Instruction]:
    try:
        return pikepdf.parse_content_stream(holder)
    except (pikepdf.PdfError, TypeError, ValueError, RuntimeError) as error:
        raise SourceUnreadableError(detail=f"page content: {error}") from error


def _is_wanted(kept: _Kept, fonts: set[str]) -> bool:
    """Whether an instruction still means something: a font that shows nothing is not chosen."""
    operands, operator = kept if isinstance(kept, tuple) else (list(kept.operands), kept.operator)
    return str(operator) != "Tf" or not operands or str(operands[0]) in fonts


def _keep(resources: Dictionary, kind: Name, used: set[str]) -> None:
    entries = _dictionary(resources.get(kind))
    kept = {key: value for key, value in entries.items() if key in used}
    if kept:
        resources[kind] = Dictionary(kept)
    elif kind in resources:
        del resources[kind]


def _copy(dictionary: Dictionary) -> Dictionary:
    return Dictionary(dict(dictionary.items()))


def _dictionary(value: Object | None) -> Dictionary:
    return value if isinstance(value, Dictionary) else Dictionary()


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float | Decimal) else 0.0
