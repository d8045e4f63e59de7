"""The reference data in the database: one row per dated version, its cells as in the files.

The cells stay text ("yes", "KQ-KS|KQ-TLKS", "months:6") so that the file, the row and what a
person sees are the same words, and one set of builders (`catalogue.tables`) reads both.
"""

from datetime import date
from typing import ClassVar, Self

from django.db import models

from catalogue.limits import MAX_CODE_CHARS


def _cell(label: str = "") -> "models.TextField[str, str]":
    """One cell of a file; its length is checked when the file is read."""
    return models.TextField(label, blank=True)


class DatedRow(models.Model):
    """One version of one entry. Days are inclusive; `date.min` is "since before our records"."""

    code = models.CharField("mã", max_length=MAX_CODE_CHARS)
    valid_from = models.DateField("từ ngày", default=date.min)
    valid_to = models.DateField("đến hết ngày", null=True)
    stated_from = models.DateField(default=date.min)
    """The first day as the file states it: a later edit of that row opens a later version."""
    stated_to = models.DateField(null=True)
    """The last day as the file states it; `valid_to` differs where a load closed the version."""
    source = _cell("nguồn")
    certainty = _cell("độ chắc chắn")

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Code and first day."""
        return f"{self.code} {self.valid_from.isoformat()}"


def _once_a_day(table: str, *key: str) -> tuple[models.UniqueConstraint]:
    fields = (*key, "valid_from")
    return (models.UniqueConstraint(fields=fields, name=f"one_version_a_day_{table}"),)


class KindRow(DatedRow):
    """A kind of paper (loại giấy tờ)."""

    name = _cell("tên")
    form = _cell("tên gọi")
    abbreviation = _cell("viết tắt")
    group = _cell("nhóm")
    titles = _cell("dòng tên in trên giấy")
    tt05_type = _cell()
    qcvn_type = _cell()
    national_code = _cell()
    protection = _cell("bảo vệ")
    retention = _cell("thời hạn lưu trữ")
    required_fields = _cell("trường bắt buộc")
    own_fields = _cell("trường riêng")
    validity = _cell("hiệu lực")
    single = _cell("mỗi chủ thể một bản")
    note = _cell("ghi chú")

    class Meta:
        constraints = _once_a_day("kind", "code")


class ProcedureRow(DatedRow):
    """An administrative procedure (thủ tục hành chính)."""

    name = _cell("tên")
    sector = _cell("lĩnh vực")
    level = _cell("cấp giải quyết")
    results = _cell("kết quả")
    note = _cell("ghi chú")

    class Meta:
        constraints = _once_a_day("procedure", "code")


class ComponentRow(DatedRow):
    """What a procedure asks for (thành phần hồ sơ)."""

    procedure = models.CharField("thủ tục", max_length=MAX_CODE_CHARS)
    name = _cell("tên")
    ordinal = _cell("thứ tự")
    required = _cell("bắt buộc")
    kinds = _cell("loại giấy tờ")
    substitutes = _cell("loại thay thế")
    forms = _cell("dạng nhận")

    class Meta:
        constraints = _once_a_day("component", "procedure", "code")


class ProvinceRow(DatedRow):
    """A province or a city under the centre."""

    name = _cell("tên")
    short_name = _cell("tên gọn")
    level = _cell("cấp")
    successors = _cell("nơi kế tục")
    note = _cell("ghi chú")

    class Meta:
        constraints = _once_a_day("province", "code")


class CommuneRow(DatedRow):
    """A commune, ward, township or special zone."""

    name = _cell("tên")
    level = _cell("cấp")
    province = _cell("tỉnh")
    district = _cell("huyện")
    successors = _cell("nơi kế tục")
    main_successor = _cell("nơi kế tục chính")

    class Meta:
        constraints = _once_a_day("commune", "code")


class AgencyRow(DatedRow):
    """A body that issues papers (cơ quan ban hành)."""

    name = _cell("tên")
    level = _cell("cấp")
    abbreviation = _cell("viết tắt")
    province = _cell("tỉnh")
    parent = _cell("cơ quan cấp trên")
    successors = _cell("cơ quan kế tục")
    note = _cell("ghi chú")

    class Meta:
        constraints = _once_a_day("agency", "code")


class RetentionRow(DatedRow):
    """A term of keeping (thời hạn lưu trữ)."""

    name = _cell("tên")
    years = _cell("số năm")
    note = _cell("ghi chú")

    class Meta:
        constraints = _once_a_day("retention", "code")


class CatalogueState(models.Model):
    """What was loaded last; one row. Processes keep the catalogue in memory by it."""

    version = models.CharField(max_length=12)
    """Names the content of the files."""
    revision = models.PositiveIntegerField(default=0)
    """Grows with each load that changed something."""
    is_own = models.BooleanField(default=False)
    """Whether an agency's own files were loaded: an upgrade leaves them alone."""
    loaded_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        """Version and revision."""
        return f"{self.version} ({self.revision})"
