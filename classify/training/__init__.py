"""Training of the kinds: papers made in text space, features of them, the trainer.

Nothing here is imported to read a paper; `learn` and `bench/train_kinds.py` import it.
"""
