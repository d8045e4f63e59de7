from django.db import models

from archive.states import DocumentStatus, Protection, SubjectKind

SHOWN_LAST = 4


def masked(identifier: str) -> str:
    """Return an identifier as lists show it: 079204000001 as 0xx*****0001.

    An organisation's number is public and stays (10 digits, or 10-3).
    """
    if not identifier.isdigit() or len(identifier) not in (9, 12):
        return identifier
    hidden = len(identifier) - SHOWN_LAST - 3
    return f"{identifier[0]}xx{'*' * hidden}{identifier[-SHOWN_LAST:]}"


class Subject(models.Model):
    """The person or organisation that owns papers (chủ thể)."""

    identifier = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12, default=SubjectKind.UNKNOWN)

    def __str__(self) -> str:
        """The identifier, masked as in lists."""
        return masked(self.identifier)


class Dossier(models.Model):
    """One request under one procedure (hồ sơ)."""

    code = models.CharField("mã hồ sơ", max_length=40, unique=True)
    procedure_code = models.CharField("mã thủ tục", max_length=30, blank=True)
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT)
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Its code."""
        return self.code


class Document(models.Model):
    """One paper: pages, a kind, fields, signatures."""

    id = models.CharField(max_length=15, primary_key=True)
    """`D` + yymmdd + 8 base-32 letters."""
    receipt = models.ForeignKey(
        "archive.Receipt", on_delete=models.PROTECT, related_name="documents"
    )
    first_page = models.PositiveIntegerField()
    last_page = models.PositiveIntegerField()
    dossiers = models.ManyToManyField(Dossier, related_name="documents")
    subject = models.ForeignKey(
        Subject, null=True, on_delete=models.PROTECT, related_name="documents"
    )
    status = models.CharField(max_length=10, default=DocumentStatus.PROCESSING, db_index=True)
    waiting = models.JSONField(default=list)
    """Why a person is needed: [{"code", "message", "field"?}]."""
    kind_code = models.CharField(max_length=20, null=True, db_index=True)  # noqa: DJ001  null is "không rõ"
    kind_name = models.CharField(max_length=200, default="không rõ")
    form = models.CharField(max_length=100, null=True)  # noqa: DJ001  the same
    kind_confidence = models.FloatField(default=0.0)
    kind_reasons = models.JSONField(default=list)
    machine_kind_code = models.CharField(max_length=20, null=True)  # noqa: DJ001  what the machine said, kept
    protection = models.CharField(max_length=10, default=Protection.ORDINARY)
    number = models.CharField("số, ký hiệu", max_length=100, blank=True, db_index=True)
    abstract = models.TextField("trích yếu", blank=True)
    issuer = models.CharField("cơ quan ban hành", max_length=300, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True, db_index=True)
    expires_on = models.DateField("có giá trị đến", null=True)
    revoked_on = models.DateField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    """The unsigned PDF/A in work/, or the born-digital file as it came."""
    signed_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    """What was found of its signatures when they were checked, in work/ until the seal."""
    proven_until = models.DateTimeField(null=True, db_index=True)
    """When the newest archive timestamp weakens; null where there is none."""
    renewed_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    """New proof in work/ on its way into the archive; empty where none is."""
    renewed_until = models.DateTimeField(null=True)
    """When that new proof weakens."""
    is_born_digital = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        "archive.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    """Grows with each change a person makes; part of the index run's key."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("receipt", "first_page"), name="one_document_per_first_page"
            ),
        )
        indexes = (
            models.Index(
                fields=("created_at", "id"),
                name="waiting_for_check",
                condition=models.Q(status=DocumentStatus.WAITING, confirmed_at=None),
            ),
            models.Index(
                fields=("confirmed_at", "id"),
                name="waiting_for_signature",
                condition=models.Q(status=DocumentStatus.WAITING, confirmed_at__isnull=False),
            ),
            models.Index(
                fields=("-confirmed_at",),
                name="confirmed_lately",
                condition=models.Q(status=DocumentStatus.ARCHIVED, confirmed_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        """Its id."""
        return self.id


class Field(models.Model):
    """One field of a document: what the machine read, where and why, and what a person said."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="fields")
    name = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    """Text, true/false, or null where it was not read."""
    as_printed = models.TextField(null=True)  # noqa: DJ001  null is "nothing seen"
    confidence = models.FloatField(default=0.0)
    sure = models.BooleanField(default=False)
    handwritten = models.BooleanField(default=False)
    alternatives = models.JSONField(default=list)
    page = models.PositiveIntegerField(null=True)
    box = models.JSONField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    machine_value = models.JSONField(null=True)
    """What the machine read, kept beside a correction."""
    machine_confidence = models.FloatField(null=True)
    """How sure it was; null for papers read before this was kept."""
    machine_sure = models.BooleanField(null=True)
    """Whether it would have passed without a person's hard look."""
    hand = models.JSONField(null=True)
    """What was read of a pen's digits before anything else was asked; null for print."""
    corrected_by = models.ForeignKey("archive.Account", null=True, on_delete=models.PROTECT)
    corrected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("document", "name"), name="one_value_per_field"),
        )
        indexes = (
            models.Index(
                fields=("-corrected_at",),
                name="corrected_lately",
                condition=models.Q(corrected_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        """Which field of which document."""
        return f"{self.document_id}.{self.name}"


class Signature(models.Model):
    """One digital signature on a document, ours or one that it came with."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="signatures")
    field_name = models.CharField(max_length=100)
    role = models.CharField(max_length=12)
    """digitiser, agency, or received."""
    signer = models.CharField(max_length=300)
    serial = models.CharField(max_length=80, blank=True)
    claimed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=12)
    """VALID, INVALID or UNDETERMINED, as checked when it was recorded."""
    reason = models.CharField(max_length=500, blank=True)
    issuer = models.CharField(max_length=300, blank=True)
    timestamped_at = models.DateTimeField(null=True)
    """The proven time; null where the time is only claimed."""
    trust_store = models.CharField(max_length=10, blank=True)
    """official, public or other: which store's root vouches for it; empty where none."""
    holder = models.CharField(max_length=12, blank=True)
    """citizen, officer, agency or organisation, where the certificate says."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("document", "field_name"), name="one_row_per_signature"
            ),
        )

    def __str__(self) -> str:
        """Who signed."""
        return self.signer


class ArchivedBlob(models.Model):
    """Immutable bytes in the archive, named by the SHA-256 of their plain content."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    protection = models.CharField(max_length=10, default=Protection.ORDINARY)
    wrapped_key = models.BinaryField(null=True)
    """The data key under the key of its class; null for plain bytes."""
    class_key = models.CharField(max_length=32, blank=True, db_index=True)
    """The id of the class key that wraps it: what a rotation still has to do."""
    retain_until = models.DateField(null=True)
    sealed_at = models.DateTimeField()
    shredded_at = models.DateTimeField(null=True)
    """When its data key was destroyed by decision: no copy can be read since."""

    def __str__(self) -> str:
        """Its name."""
        return self.sha256


class SealedFile(models.Model):
    """Which blob is what to a document."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    role = models.CharField(max_length=10)
    blob = models.ForeignKey(ArchivedBlob, on_delete=models.PROTECT, related_name="uses")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("document", "role"), name="one_file_per_role"),
        )

    def __str__(self) -> str:
        """Which file of which document."""
        return f"{self.document_id}/{self.role}"


class Renewal(models.Model):
    """One proof of a sealed document that was replaced by a newer one; both stay in the archive."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="renewals")
    role = models.CharField(max_length=10)
    """document: a signed PDF with one more archive timestamp; proof: timestamps kept beside."""
    number = models.PositiveIntegerField()
    """Counts from 1 for each document."""
    old = models.ForeignKey(
        ArchivedBlob, null=True, on_delete=models.PROTECT, related_name="renewed_by"
    )
    """What it replaced; null where there was none."""
    old_record = models.ForeignKey(
        ArchivedBlob, null=True, on_delete=models.PROTECT, related_name="record_renewed_by"
    )
    """The record that named what it replaced."""
    new = models.ForeignKey(ArchivedBlob, on_delete=models.PROTECT, related_name="renews")
    proven_until = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("document", "number"), name="renewals_in_order"),
        )

    def __str__(self) -> str:
        """Which renewal of which document."""
        return f"{self.document_id}/{self.number}"
