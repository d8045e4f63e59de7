"""Forms whose answers are checked before a verb is called."""

import datetime as dt

from django import forms
from django.utils import timezone

from archive.lanes import Lane
from archive.services.intake import Intake
from archive.services.subjects import kind_of
from archive.states import Role, SubjectKind
from catalogue.services import kinds_on, procedures_on
from web.words import ROLE, SCOPE

NAME_CHARS = 200
DAY_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d")
DAY = forms.DateInput(
    attrs={"class": "day", "placeholder": "ngày/tháng/năm", "inputmode": "numeric"},
    format="%d/%m/%Y",
)


class BatchForm(forms.Form):
    """What an operator says of a batch."""

    name = forms.CharField(label="Tên lô", max_length=NAME_CHARS, required=False)
    dossier = forms.CharField(label="Mã hồ sơ", max_length=40, required=False)
    procedure = forms.CharField(label="Mã thủ tục", max_length=30, required=False)
    subject = forms.CharField(label="Số định danh chủ thể", max_length=20, required=False)

    def clean_procedure(self) -> str:
        """Take only a procedure of the catalogue; the rest of a suggestion's line is dropped."""
        code = str(self.cleaned_data["procedure"]).split(" ", 1)[0]
        known = {procedure.code for procedure in procedures_on(timezone.localdate())}
        if code and code not in known:
            raise forms.ValidationError(
                "Danh mục không có thủ tục này. Hãy chọn trong danh sách gợi ý hoặc để trống."
            )
        return code

    def clean_subject(self) -> str:
        """Take only an identifier of a known form."""
        identifier = str(self.cleaned_data["subject"]).replace(" ", "")
        if identifier and kind_of(identifier) is SubjectKind.UNKNOWN:
            raise forms.ValidationError(
                "Số định danh gồm 12 chữ số (cá nhân), 9 chữ số (CMND cũ) hoặc 10 chữ số (mã số "
                "thuế, có thể thêm -001). Hãy gõ lại hoặc để trống."
            )
        return identifier

    def intake(self) -> Intake:
        """Return the answers as the intake reads them."""
        said = self.cleaned_data
        return Intake(
            name=said["name"] or f"Lô {timezone.localtime():%d/%m/%Y %H:%M}",
            dossier_code=said["dossier"],
            procedure_code=said["procedure"],
            subject_identifier=said["subject"],
            lane=Lane.COUNTER,
        )


class SearchForm(forms.Form):
    """A question to the archive."""

    q = forms.CharField(label="Tìm", required=False)
    loai = forms.ChoiceField(label="Loại giấy tờ", required=False)
    tu = forms.DateField(label="Ban hành từ", required=False, widget=DAY, input_formats=DAY_FORMATS)
    den = forms.DateField(label="đến", required=False, widget=DAY, input_formats=DAY_FORMATS)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as given
        kinds = sorted(kinds_on(timezone.localdate()), key=lambda kind: kind.name)
        choices = [("", "Mọi loại"), *((kind.code, kind.name) for kind in kinds)]
        field = self.fields["loai"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def period(self) -> tuple[dt.date | None, dt.date | None]:
        """First and last day of issue that were asked for."""
        return self.cleaned_data.get("tu"), self.cleaned_data.get("den")


class AccountForm(forms.Form):
    """Who an account is for and what it may do."""

    full_name = forms.CharField(label="Họ và tên", max_length=100)
    unit = forms.CharField(label="Đơn vị", max_length=100, required=False)
    roles = forms.MultipleChoiceField(
        label="Vai trò",
        choices=list(ROLE.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def chosen_roles(self) -> list[Role]:
        """Return the roles that were ticked."""
        return [Role(name) for name in self.cleaned_data["roles"]]


class NewAccountForm(AccountForm):
    """The same with the name to sign in by."""

    username = forms.RegexField(
        r"^[A-Za-z0-9._-]{3,60}$",
        label="Tên đăng nhập",
        error_messages={"invalid": "Chỉ dùng chữ không dấu, số, dấu chấm, gạch; từ 3 ký tự."},
    )
    field_order = ("username", "full_name", "unit", "roles")


class ChangeAccountForm(AccountForm):
    """The same of an account that is there."""

    is_active = forms.BooleanField(label="Được đăng nhập", required=False)


class ClientForm(forms.Form):
    """A machine that may ask."""

    name = forms.CharField(label="Tên hệ thống", max_length=100)
    scopes = forms.MultipleChoiceField(
        label="Được làm",
        choices=list(SCOPE.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một việc."},
    )
