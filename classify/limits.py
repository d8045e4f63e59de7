"""Limits of the classifying library, checked before the work."""

MAX_PAGES_SEARCHED = 2000
"""Pages of one document that are looked at for a signature or a label (the limit of a file)."""

MAX_WORDS_PER_PAGE = 6000
"""Words of one page that are laid out; what is beyond (a page of noise) is not looked at."""

MAX_LABEL_PAGES = 6
"""Pages at the head of a document that are searched for labelled fields."""

MAX_ABSTRACT_LINES = 12
"""Printed lines that one abstract may take."""

MAX_TITLE_LINES = 5
"""Printed lines that the name of a kind may take."""

MAX_RECIPIENTS = 80
"""Entries kept of a list of recipients."""

MAX_MODEL_BYTES = 5_000_000
"""Of a model of kinds as a file."""

MAX_DOCUMENT_PAGES = 200
"""A document that nothing cut within so many pages is not named: something was not seen."""

MAX_TAIL_PAGES = 2
"""Pages at the end of a document that are searched for the day on which a law was passed."""

MAX_CONTENTS_ROWS = 3000
"""Entries kept of a dossier's table of contents."""

MAX_FIELD_MODEL_BYTES = 20_000_000
"""Of what was learnt about fields, as a file."""

MAX_HAND_MODEL_BYTES = 1_000_000
"""Of what was learnt about hands, as a file."""

MAX_AGENCIES = 2000
"""Agencies whose vocabulary is kept, those with the most papers first."""

MAX_CONTENTS_PAPERS = 500
"""Papers of one dossier, and entries of its table of contents, that are compared."""
