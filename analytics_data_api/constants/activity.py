"""Kinds of weekly activity: the table's labels and the API's names of them."""

ANY = "any"
# In the order in which an answer lists them.
ACTIVITY_LABELS = {
    ANY: "ACTIVE",
    "attempted_problem": "ATTEMPTED_PROBLEM",
    "played_video": "PLAYED_VIDEO",
    "posted_forum": "POSTED_FORUM",
}
ACTIVITY_TYPES = {label: name for name, label in ACTIVITY_LABELS.items()}
