"""Every threshold of the gate. docs/gate.md says on which pages each was set."""

# The reduced view
WORK_DPI = 150
"""A 13 pt letter is 12 pixels high here: enough to tell letters, a quarter of the work of 300."""
STROKE_MM = 6.0
"""The closing that finds the paper is wider than any stroke of print, narrower than a shadow."""
NOT_PAPER = 235
FEW_PIXELS = 200
INK_DEFAULT = 160
INK_LOWEST = 120
INK_HIGHEST = 218

# Letters
LETTER_LOWEST_MM = 1.2
LETTER_HIGHEST_MM = 9.0
LETTER_FILL = 0.85
LETTER_EMPTY = 0.12
LETTER_SLIM = 0.22

# Orientation
ORIENT_SIDE = 20
"""Pixels of a letter's window on each side."""
ORIENT_REACH = 2.4
"""Side of the window in letters."""
ORIENT_FLOOR = -6.0
"""The least log probability one letter may give: no single stain decides."""
ORIENT_MOST = 400
ORIENT_FEWEST = 4
ORIENT_VOTERS = 80
ORIENT_TRUST = 0.5
"""Neighbouring letters err together: each counts for half a witness."""
ORIENT_SURE = 0.9
ORIENT_SECONDS = 10
ORIENT_OSD_SURE = 0.5

# Blank
BLANK_INK = 215
BLANK_MARGIN_MM = 6.0
BLANK_PIECE_MM = 0.9
BLANK_LARGEST_MM = 60.0
BLANK_SLIM = 0.12
BLANK_DARK = 42
BLANK_SHARP = 0.3
BLANK_PIECES_CHECKED = 400
BLANK_PLAINLY_DARK = 110
BLANK_PLAINLY = 600
"""A page with so many letters that are dark in red light too is not looked at any closer."""
BLANK_FEWEST = 5
"""A page with fewer pieces of ink than this is blank."""
FAINT_DARK = 26
FAINT_SHARP = 0.34
FAINT_FEWEST = 60
"""So many pale but sharp pieces are print that has faded, not the other side."""
BLANK_CERTAIN = 75
"""Ink as dark as this is no shine-through, however soft."""
HOLE_FILL = 0.6
HOLE_ROUND = 0.7
HOLE_MM = 3.5

# Sharpness, ink
MEASURE_FEWEST = 25

# Skew
SKEW_FEWEST = 25
SKEW_MOST = 12.0
SKEW_STEP = 0.5
SKEW_ROW_INCH = 0.02

# Around the paper
PAPER_PERCENTILE = 80
DESK_DARK = 0.6
FINGER_DPI = 30
FINGER_MM = 9.0
FINGER_REDDER = 9

# Coloured ink
COLOUR_GAIN = 1.6
RED_LEAST = 28
BLUE_LEAST = 28
BLUE_MOST = 0.05
"""More blue than this is a tinted paper or a photograph, not a pen."""

# Seals, signatures
MARK_DPI = 100
SEAL_GAP_MM = 1.6
SEAL_LEAST_MM = 12.0
SEAL_MOST_MM = 60.0
SEAL_NARROWEST = 0.7
SEAL_RIM = 0.95
SEAL_RIM_WIDTH = 0.09
SEAL_FRAME_DOUBT = 0.1
SEAL_SURE = 0.55
SEAL_INK = 0.04
PEN_GAP_MM = 2.0
PEN_WIDE_MM = 10.0
PEN_WIDEST_MM = 110.0
PEN_TALL_MM = 5.0
PEN_TALLEST_MM = 70.0
PEN_FILL = 0.6
PEN_FROM = 0.25
PEN_SURE = 0.8

# Secrecy stamps
STAMP_TOP = 0.55
"""The share of the page, from the top, that is searched."""
STAMP_RED = 24
STAMP_LEAST_INK_MM = 3.0
STAMP_REACH_MM = (0.8, 1.8, 3.6, 6.0, 9.0)
"""How far apart letters of one stamp may stand; small and large stamps need different reaches."""
STAMP_NARROWEST_MM = 5.0
STAMP_WIDEST_MM = 100.0
STAMP_LOWEST_MM = 2.6
STAMP_HIGHEST_MM = 40.0
STAMP_SQUAREST = 1.1
STAMP_LONGEST = 10.0
STAMP_POINTS = 900
STAMP_SLANT = 18.0
STAMP_MARGIN_MM = 1.0
STAMP_INK = 150
STAMP_LETTER_MM = 2.0

# Verdicts
DPI_WARN = 198
"""200 as files store it may come out a little less."""
DPI_RESCAN = 148
MEASURE_MOST = 300
SHARP_WARN = 0.40
SHARP_RESCAN = 0.28
DARK_WARN = 0.45
DARK_RESCAN = 0.3
SKEW_WARN = 3.0
CUT_FEWEST = 2
CUT_NEAR_MM = 0.8
CUT_NEXT_MM = 3.0
CUT_BESIDE_MM = 7.0
CUT_LEAST_MM = 0.3
SHINE_DPI = 50
SHINE_CLEAR_MM = 1.2
SHINE_EDGE_MM = 8.0
SHINE_BARE = 0.05
SHINE_DEPTH = 5.0
SHINE_OWN = 110
"""Ink at least as dark as this is the page's own."""
SHINE_PRINT = 0.55
"""Print fainter than this cannot be told from what shines through."""
SHINE_RULE_MM = 8.0
SHINE_WARN = 0.042
DESK_WARN = 0.03
FINGER_SHARE = 0.012
ORIENT_DOUBT = 0.6
SEAL_STAMP_RED = 60
SEAL_STAMP_MM2 = 40.0
"""A back side on which less red than this is a wet seal's offset, not a stamp of its own."""
STAMP_ALONE = 0.9
"""A word nearer than this many heights belongs to the same line."""
FRAME_NARROWEST_MM = 9.0
FRAME_LOWEST_MM = 4.0
LETTER_TALLEST = 3.0
"""Heights over widths: what is taller is a frame's side."""
FRAME_BRIDGES = (3, 5)
"""Sides in pixels of the squares that bridge the gaps in a worn frame."""
FRAME_RIGHT = 0.85
"""How much of its smallest rectangle the inside of a frame fills."""
GREY_SPREAD = 12
THICK_MM = 0.5
"""Strokes broader than this are looked at by themselves as well."""
THICK_LOWEST_MM = 6.5
"""Lower than this they may be the print's own capitals."""
PALE_DARKEST = 75
PALE_LIGHTEST = 222
STAMP_DOUBT = 0.08
"""Less likely than this a piece is not looked at again."""
STAMP_LIKELY = 0.5
"""From here a reading with some wrong letters is enough."""
STAMP_MISREAD = 0.4
"""The share of letters that may be wrong in such a reading: 2 of TỐI MẬT, 3 of TUYỆT MẬT."""
STAMP_CERTAIN = 0.9
"""From here half of the letters may be misread."""
STAMP_MISREAD_MOST = 0.5
STAMP_CUTS = 2
"""So many cuts of one place, with and without its frame, are read."""
STAMP_READ_SURE = 0.9
STAMP_READS = 5
STAMP_READ_HEIGHT = 64
STAMP_READ_DPI = 300

# The second look, on text
TEXT_TOP = 0.5
TEXT_LONGEST = 16
TEXT_ALONE = 8.0
"""Heights to the next words of the row: the cells of a table stand nearer than a stamp's."""

STAMP_SHAPE = (20, 64)
"""Rows and columns to which a candidate is brought before it is judged."""
