"""Recognize an id of another kind than the URL asks for, so that a 404 can say so."""

import re

# Ids in the part of a problem, such as i4x-edX-DemoX-problem-abc_2_1 or abc_2_1.
PART_ID = re.compile(r"[^/:@]+_\d+_\d+\Z")


def wrong_id(name: str, value: str) -> str:
    """Return a sentence if an id looks like one of another kind, or an empty text."""
    if name == "video_id" and "|" not in value:
        return (
            " The id looks like an encoded_module_id: expected a pipeline_video_id, such as COURSE_ID|ENCODED_MODULE_ID, "
            "from courses/{course_id}/videos/."
        )
    if name in ("problem_id", "module_id"):
        if PART_ID.match(value):
            return " The id looks like a part_id: expected a module_id, from courses/{course_id}/problems/."
        if "|" in value:
            return " The id looks like a pipeline_video_id: expected a module_id."
    return ""
