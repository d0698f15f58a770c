"""Segments of learners, the metrics of their engagement, and the orders of a roster."""

# A course has these segments even where nobody is in them.
SEGMENTS = ("highly_engaged", "disengaging", "struggling", "inactive", "unenrolled")

# In this order, which an older dashboard relies on: of several matches it takes the last.
METRICS = (
    "problem_attempts_per_completed",
    "problems_attempted",
    "problems_completed",
    "discussion_contributions",
    "videos_viewed",
)
# Where less is better.
LOWER_IS_BETTER = ("problem_attempts_per_completed",)

ORDERS = (
    "username",
    "email",
    "discussion_contributions",
    "problems_attempted",
    "problems_completed",
    "problem_attempts_per_completed",
    "attempt_ratio_order",
    "videos_viewed",
)
