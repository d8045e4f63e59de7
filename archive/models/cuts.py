from django.db import models


class CutPlan(models.Model):
    """How a file falls into documents: what the machine proposed, what a person wants."""

    receipt = models.OneToOneField(
        "archive.Receipt", on_delete=models.CASCADE, related_name="cut_plan"
    )
    proposed = models.JSONField(default=dict)
    """{"cuts": [{"first_page", "last_page", "dossier", "procedure", "subject", "confidence",
    "reason"}], "sheets": [page], "blanks": [page]}; never overwritten by a person."""
    wanted = models.JSONField(null=True)
    """[[first page, last page]] by a person, who outlives every later proposal; null before."""
    changed_by = models.ForeignKey("archive.Account", null=True, on_delete=models.PROTECT)
    changed_at = models.DateTimeField(null=True)
    set_aside = models.JSONField(default=list)
    """Corrections that went with documents cut anew: [{"document", "field", "machine_value",
    "value", "by"}]. What a person said is kept with what the machine had said."""

    def __str__(self) -> str:
        """Of which file."""
        return str(self.receipt_id)
