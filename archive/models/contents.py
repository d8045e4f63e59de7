from django.db import models


class ContentsList(models.Model):
    """A dossier's table of contents (mục lục): its entries, and how they fit the papers there."""

    document = models.OneToOneField(
        "archive.Document", on_delete=models.CASCADE, related_name="contents_list"
    )
    entries = models.JSONField(default=list)
    """[{"ordinal", "number", "issued_on", "abstract", "issuer", "sheet", "page", "box"}]."""
    result = models.JSONField(null=True)
    """{"found": [{"entry", "document", "doubtful", "differs": [{"field", "listed", "read"}]}],
    "missing": [entry], "unlisted": [document], "unread": [ordinal]}; entries by 0-based place."""
    revision = models.PositiveIntegerField(default=0)
    """Grows whenever a paper of the dossier changes; part of the comparison's key."""
    compared_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Of which document."""
        return str(self.document_id)
