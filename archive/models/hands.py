from django.db import models


class Mention(models.Model):
    """A paper as another paper names it: in its grounds ("Căn cứ ..."), or a register's line.

    Only what was read with certainty. Numbers and days of official papers alone, no person's name.
    """

    document = models.ForeignKey(
        "archive.Document", on_delete=models.CASCADE, related_name="mentions"
    )
    """Which says so."""
    how = models.CharField(max_length=8)
    """cites or register."""
    number = models.CharField(max_length=100)
    register = models.CharField(max_length=60)
    """The number's notation without marks and case: which row of numbers it comes from."""
    issued_on = models.DateField(null=True)
    issuer = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(fields=("register", "issued_on"), name="mentions_by_register"),)

    def __str__(self) -> str:
        """What is named."""
        return self.number


class OpenHand(models.Model):
    """A paper that waits with a number or day by hand: what becomes known may still weigh it."""

    document = models.OneToOneField(
        "archive.Document", on_delete=models.CASCADE, related_name="open_hand", primary_key=True
    )
    register = models.CharField(max_length=60, db_index=True)
    """As in `Mention`; empty where no notation was read."""
    year = models.PositiveSmallIntegerField(default=0)
    """As printed on it; 0 where it was not read."""

    def __str__(self) -> str:
        """Of which document."""
        return str(self.document_id)


class HandCrop(models.Model):
    """A place that a pen filled, cut out of its page, with what a person said stands there.

    The bytes lie in `work/`, encrypted like everything there, and never leave it.
    """

    document = models.ForeignKey(
        "archive.Document", on_delete=models.CASCADE, related_name="hand_crops"
    )
    slot = models.CharField(max_length=8)
    """number, day or month."""
    label = models.CharField(max_length=10)
    """What a person said: the digits alone."""
    readings = models.JSONField(default=list)
    """What the machine had read there: [[digits, chance]]."""
    place = models.JSONField()
    """The place within the crop, [x0, y0, x1, y1] in its pixels."""
    sha256 = models.CharField(max_length=64, db_index=True)
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("document", "slot"), name="one_crop_per_slot"),
        )

    def __str__(self) -> str:
        """Which place of which document."""
        return f"{self.document_id}.{self.slot}"
