from django.db import models

from archive.lanes import Lane
from archive.states import BatchState, PageState, ReceiptState


class Batch(models.Model):
    """What one operator feeds at once (lô quét)."""

    name = models.CharField("tên lô", max_length=200)
    state = models.CharField(max_length=12, default=BatchState.RECEIVING)
    intake_key = models.CharField(max_length=64, db_index=True, blank=True)
    """Hash of what was asked, so that the same command finds its unfinished batch again."""
    expected = models.PositiveIntegerField("số tệp dự kiến", null=True)
    unit = models.CharField(max_length=100, blank=True)
    dossier_code = models.CharField(max_length=40, blank=True)
    procedure_code = models.CharField(max_length=30, blank=True)
    subject_identifier = models.CharField(max_length=20, blank=True)
    confirm = models.BooleanField(default=False)
    """Whether the local account may stand for what is sure (`--confirm`)."""
    lane = models.CharField(max_length=12, default=Lane.BATCH)
    """Where its runs wait for a worker."""
    opened_by = models.ForeignKey("archive.Account", on_delete=models.PROTECT)
    opened_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("-id",),
                name="batches_under_way",
                condition=~models.Q(state=BatchState.FINISHED),
            ),
        )

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Receipt(models.Model):
    """The promise given for one file: its name, hash and pages, and what became of it."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="receipts")
    position = models.PositiveIntegerField()
    untrusted_name = models.CharField(max_length=1024)
    sha256 = models.CharField(max_length=64, db_index=True, blank=True)
    """Empty where the bytes could not be read at all."""
    size = models.PositiveBigIntegerField(default=0)
    media_type = models.CharField(max_length=100, blank=True)
    page_count = models.PositiveIntegerField(null=True)
    is_signed = models.BooleanField(default=False)
    """Whether the file came with digital signatures."""
    is_born_digital = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default=ReceiptState.RECEIVED, db_index=True)
    code = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=500, blank=True)
    duplicate_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="duplicates"
    )
    received_sealed = models.BooleanField(default=False)
    """Whether the file as received lies in the archive."""
    decide_by = models.DateTimeField(null=True)
    """When a held file must have been decided about."""
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("batch", "untrusted_name", "sha256"), name="one_receipt_per_file"
            ),
        )
        indexes = (
            models.Index(
                fields=("decide_by",),
                name="held_files",
                condition=models.Q(state=ReceiptState.HELD),
            ),
        )

    def __str__(self) -> str:
        """The file's name, as given."""
        return self.untrusted_name


class Page(models.Model):
    """One page of a received file, what the gate measured and where its text lies."""

    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    """1-based place in the file."""
    state = models.CharField(max_length=8, default=PageState.PENDING)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    dpi = models.PositiveIntegerField(default=0)
    rotation = models.PositiveSmallIntegerField(default=0)
    """Clockwise quarter turn that makes the stored page upright, degrees."""
    skew = models.FloatField(default=0.0)
    verdict = models.CharField(max_length=8, blank=True)
    problems = models.JSONField(default=list)
    codes = models.JSONField(default=list)
    marks = models.JSONField(default=list)
    clean_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    """The page made ready to read, in work/; emptied once it is read."""
    clean_facts = models.JSONField(null=True)
    """The cleaned page's map back and resolution."""
    text_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    """The page's text as JSON, in work/ until the seal and in the archive after it."""
    error_code = models.CharField(max_length=40, blank=True)
    document = models.ForeignKey(
        "archive.Document", null=True, on_delete=models.SET_NULL, related_name="pages"
    )

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("receipt", "number"), name="one_row_per_page"),
        )

    def __str__(self) -> str:
        """Where it stands."""
        return f"{self.receipt_id}/{self.number}"
