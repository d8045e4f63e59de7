from django.contrib.auth.models import AbstractUser
from django.db import models


class Account(AbstractUser):
    """A person, or the machine's own local account. Roles are groups (archive.states.Role)."""

    full_name = models.CharField("họ và tên", max_length=100, blank=True)
    unit = models.CharField("đơn vị", max_length=100, blank=True)

    class Meta:
        permissions = (
            ("confirm_document", "Xác nhận giấy tờ"),
            ("sign_document", "Ký số giấy tờ"),
            ("see_identity", "Xem giấy tờ tùy thân"),
            ("decide_held", "Quyết định về giấy tờ có dấu mật"),
            ("feed_batch", "Nạp lô quét"),
            ("search_documents", "Tra cứu giấy tờ"),
            ("manage_accounts", "Quản lý tài khoản"),
            ("see_looks", "Xem ai đã xem giấy tờ"),
            ("manage_keys", "Quản lý khóa mã hóa của kho"),
            ("hold_document", "Giữ giấy tờ theo yêu cầu pháp lý"),
            ("protect_document", "Đổi mức bảo vệ giấy tờ đã lưu"),
            ("shred_document", "Hủy khóa giấy tờ hết thời hạn bảo quản"),
            ("see_quality", "Xem chất lượng đọc"),
            ("see_health", "Xem tình trạng hệ thống"),
        )

    def __str__(self) -> str:
        """Name as a person is addressed."""
        return self.full_name or self.username


class SignInTicket(models.Model):
    """A one-time link to sign in; only its hash is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Whose it is."""
        return f"ticket of {self.account_id}"


class ApiClient(models.Model):
    """A machine that asks, such as the public-service portal. The key is kept hashed."""

    name = models.CharField("tên", max_length=100, unique=True)
    key_prefix = models.CharField(max_length=12, unique=True)
    key_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    """Names of api.auth.Scope: reuse, document, file, identity."""
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ReuseRecord(models.Model):
    """The receipt of one reuse: who took which paper for which dossier, and why."""

    document = models.ForeignKey("archive.Document", on_delete=models.PROTECT)
    client = models.ForeignKey(ApiClient, null=True, on_delete=models.PROTECT)
    dossier_code = models.CharField(max_length=40)
    procedure_code = models.CharField(max_length=30, blank=True)
    purpose = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    """Of the file as it was when the link was given."""
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Which paper for which dossier."""
        return f"{self.document_id} -> {self.dossier_code}"
