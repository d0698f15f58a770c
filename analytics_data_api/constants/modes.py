"""Enrollment modes (tracks)."""

ENROLLMENT_MODES = ("audit", "credit", "honor", "professional", "verified", "masters")
# Professional education without a check of the learner's identity is counted with `professional`.
MERGED_MODES = {"no-id-professional": "professional"}
