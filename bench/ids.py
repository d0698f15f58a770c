"""Ids of the course that the endpoints are asked for, of its problems, videos and learners."""

COURSE_ID = "course-v1:bench+one+run"


def problem_id(number: int) -> str:
    return f"block-v1:bench+one+run+type@problem+block@{number:032x}"


def video_id(number: int) -> str:
    return f"{COURSE_ID}|{number:032x}"


def learner(number: int) -> str:
    return f"learner_{number:06}"
