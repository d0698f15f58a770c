"""The data of a stub LMS, as its endpoints give them."""

from dataclasses import dataclass, field

STAFF = "analytics_worker"


@dataclass
class Site:
    """The data of the endpoints in their own form."""

    courses: dict[str, dict] = field(default_factory=dict)
    accounts: dict[str, dict] = field(default_factory=dict)
    enrollments: dict[str, list[dict]] = field(default_factory=dict)
    cohorts: dict[str, dict[int, dict]] = field(default_factory=dict)
    members: dict[int, list[dict]] = field(default_factory=dict)
    blocks: dict[str, dict] = field(default_factory=dict)
    modes: dict[str, list[dict]] = field(default_factory=dict)
    grades: dict[str, list[dict]] = field(default_factory=dict)
    submissions: dict[str, list[dict]] = field(default_factory=dict)
    roles: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    runs: list[dict] = field(default_factory=list)
    # Courses that are listed but no longer there.
    deleted: set[str] = field(default_factory=set)

    def outline(self, course_id, query):
        """Return the blocks of a course, with the fields that the query asks for."""
        asked = {"id", "type", "display_name", *query.get("requested_fields", "").split(",")}
        if query.get("student_view_data") == "video":
            asked.add("student_view_data")
        answer = self.blocks[course_id]
        blocks = {
            block_id: {name: value for name, value in block.items() if name in asked}
            for block_id, block in answer["blocks"].items()
        }
        return {"root": answer["root"], "blocks": blocks}
