from django.db import models

from archive.states import CopyState


class BlobCopy(models.Model):
    """One form of a blob in one copy of the archive, as last seen."""

    blob = models.ForeignKey(
        "archive.ArchivedBlob", on_delete=models.CASCADE, related_name="copies"
    )
    place = models.CharField(max_length=200)
    """`ArchiveStore.place`; a place that is no longer configured keeps its rows and is ignored."""
    form = models.CharField(max_length=10)
    """archive.stores.Form."""
    state = models.CharField(max_length=10, default=CopyState.PLANNED)
    stored_sha256 = models.CharField(max_length=64, blank=True)
    """Of the bytes as they lie there: an older container brought back shows."""
    key_id = models.CharField(max_length=32, blank=True)
    """The class key under which the wrapped key lies in this place; empty where none does."""
    is_held = models.BooleanField(default=False)
    """Whether this place knows of the legal hold."""
    problem = models.CharField(max_length=20, blank=True)
    """proof.types.What; empty where sound."""
    checked_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    """When to try again what this place refused."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("blob", "place", "form"), name="one_row_per_form_and_place"
            ),
        )
        indexes = (models.Index(fields=("place", "state", "checked_at"), name="copies_to_check"),)

    def __str__(self) -> str:
        """Which form of which blob, and where."""
        return f"{self.blob_id} ({self.form}) in {self.place}"


class LegalHold(models.Model):
    """An order to keep a document whatever its retention: an inquiry, a lawsuit."""

    document = models.ForeignKey("archive.Document", on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField("lý do", max_length=500)
    placed_by = models.ForeignKey("archive.Account", on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(auto_now_add=True)
    lifted_by = models.ForeignKey(
        "archive.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("document",),
                condition=models.Q(lifted_at=None),
                name="one_open_hold_per_document",
            ),
        )

    def __str__(self) -> str:
        """Of which document."""
        return f"hold of {self.document_id}"


class FixityRound(models.Model):
    """One reading of everything by hand; unfinished, it is taken up where it was left."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """When it began."""
        return str(self.started_at)
