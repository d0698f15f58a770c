"""Writes a seeded tracking log with all kinds of events, as an LMS writes them: 700 to 1,000 bytes a line on average.

python -m bench.events --events 500000 --output /tmp/tracking.log
"""

import argparse
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import md5

import orjson

DAYS = 90
COURSES = 20
# Learners there are for so many events.
EVENTS_A_LEARNER = 100
# How many learners are there at the same time, and how many events each causes before leaving.
AT_ONCE = 100
EVENTS_A_VISIT = 40
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
# Kinds of events with their share in a log of real courses.
SHARES = {
    "page": 34,
    "video": 26,
    "navigation": 14,
    "problem": 9,
    "browser_problem": 8,
    "forum": 4,
    "enrollment": 3,
    "mobile": 2,
}


class Log:
    """Makes events of a site with invented courses and learners. The same seed makes the same lines."""

    def __init__(self, events: int, seed: int = 1):
        self.events = events
        self.random = random.Random(seed)
        self.learners = max(20, events // EVENTS_A_LEARNER)
        self.visitors = [None] * AT_ONCE
        self.start = datetime(2026, 1, 1, tzinfo=UTC)
        self.step = timedelta(days=DAYS) / max(1, events)

    def lines(self) -> Iterator[bytes]:
        kinds, weights = list(SHARES), list(SHARES.values())
        for number, kind in enumerate(self.random.choices(kinds, weights, k=self.events)):
            moment = self.start + number * self.step + timedelta(microseconds=self.random.randrange(1000))
            event = self.event(kind, moment)
            yield orjson.dumps(event) + b"\n"

    def visitor(self) -> tuple[int, int]:
        """Return a learner who is there just now, and the course that they are in."""
        place = self.random.randrange(AT_ONCE)
        if self.random.random() < 1 / EVENTS_A_VISIT or self.visitors[place] is None:
            # Some learners and some courses are much more active than others.
            learner = int(self.learners * self.random.random() ** 2)
            self.visitors[place] = learner, int(COURSES * self.random.random() ** 2)
        return self.visitors[place]

    def identity(self, text: str) -> str:
        return md5(text.encode()).hexdigest()

    def event(self, kind: str, moment: datetime) -> dict:
        learner, course = self.visitor()
        course_id = f"course-v1:Org{course % 5}+C{course}+2026_T1"
        base = f"/courses/{course_id}"
        event = {
            "username": f"learner_{learner}",
            "event_source": "server",
            "name": None,
            "accept_language": ("en-US,en;q=0.9", "es-ES,es;q=0.8,en;q=0.5", "ar")[learner % 3],
            "time": moment.isoformat(),
            "agent": AGENT.format(100 + learner % 40),
            "page": f"https://lms.example.com{base}/courseware/{self.identity(f'ch{course}{self.random.randrange(12)}')}/",
            "host": "lms.example.com",
            "session": self.identity(f"{learner}{moment.date()}"),
            "referer": f"https://learning.example.com/learning/course/{course_id}/home",
            "context": {
                "course_id": course_id,
                "course_user_tags": {},
                "user_id": learner + 1,
                "path": "/event",
                "org_id": f"Org{course % 5}",
                "enterprise_uuid": "",
            },
            "ip": f"10.{learner >> 16 & 255}.{learner >> 8 & 255}.{learner & 255}",
            "event_type": "",
            "event": {},
        }
        getattr(self, kind)(event, course, learner, course_id)
        if event["name"] is None:
            event["name"] = event["event_type"]
        return event

    def block(self, course: int, category: str, number: int) -> str:
        block = self.identity(f"{category}{course}-{number}")
        return f"block-v1:Org{course % 5}+C{course}+2026_T1+type@{category}+block@{block}"

    def page(self, event, course, learner, course_id):
        block = self.block(course, "sequential", self.random.randrange(60))
        path = self.random.choice(
            [
                f"/courses/{course_id}/jump_to/{block}",
                f"/api/courseware/sequence/{block}",
                "/dashboard",
                f"/xblock/{block}",
            ]
        )
        event["context"] |= {"path": path, "course_id": course_id if self.random.random() < 0.3 else ""}
        event |= {"event_type": path, "event": '{"GET": {"show_title": ["0"], "view": ["student_view"]}, "POST": {}}'}

    def video(self, event, course, learner, course_id, source="browser"):
        block = self.identity(f"video{course}-{self.random.randrange(40)}")
        name = self.random.choice(
            ["play_video", "play_video", "pause_video", "pause_video", "seek_video", "stop_video", "load_video"]
        )
        at = round(self.random.random() * 600, 6)
        payload = {"duration": 600 + course, "code": "hls", "id": block}
        if name == "seek_video":
            payload |= {"old_time": at, "new_time": at + 30, "type": "onSlideSeek"}
        elif name != "load_video":
            payload["currentTime"] = at
        event |= {"event_source": source, "event_type": name, "event": orjson.dumps(payload).decode()}

    def navigation(self, event, course, learner, course_id):
        name = self.random.choice(["edx.ui.lms.sequence.next_selected", "page_close", "edx.bookmark.accessed"])
        payload = {
            "current_tab": self.random.randrange(9),
            "id": self.block(course, "sequential", self.random.randrange(60)),
        }
        event |= {"event_source": "browser", "event_type": name, "event": orjson.dumps(payload).decode()}

    def problem(self, event, course, learner, course_id):
        number = self.random.randrange(80)
        block = self.block(course, "problem", number)
        part = f"{block[-32:]}_2_1"
        choice = self.random.randrange(4)
        correct = "correct" if choice == number % 4 else "incorrect"
        submission = {
            "question": f"Which of the four answers to question {number} is right?",
            "answer": f"answer {choice} of {number}",
            "response_type": "multiplechoiceresponse",
            "input_type": "choicegroup",
            "correct": correct == "correct",
            "variant": "",
            "group_label": "",
        }
        event["context"] |= {"module": {"display_name": f"Problem {number}", "usage_key": block}}
        event |= {
            "event_type": "problem_check",
            "event": {
                "state": {"seed": 1, "student_answers": {}, "input_state": {part: {}}, "done": None, "correct_map": {}},
                "problem_id": block,
                "answers": {part: f"choice_{choice}"},
                "grade": int(correct == "correct"),
                "max_grade": 1,
                "correct_map": {
                    part: {"correctness": correct, "npoints": None, "msg": "", "hint": "", "queuestate": None}
                },
                "success": correct,
                "attempts": self.random.randrange(1, 5),
                "submission": {part: submission},
            },
        }

    def browser_problem(self, event, course, learner, course_id):
        part = self.identity(f"problem{course}-{self.random.randrange(80)}")
        event |= {
            "event_source": "browser",
            "event_type": "problem_check",
            "event": f"input_{part}_2_1=choice_{self.random.randrange(4)}",
        }

    def forum(self, event, course, learner, course_id):
        payload = {
            "body": "I wonder about "
            + " ".join(self.random.choices(["the", "of", "answer", "question", "week", "video", "why", "how"], k=20)),
            "commentable_id": f"topic_{course}",
            "id": f"{self.random.getrandbits(96):024x}",
            "category_name": "General",
        }
        name = self.random.choice(["thread.created", "response.created", "comment.created", "thread.viewed"])
        event |= {"event_type": f"edx.forum.{name}", "event": payload}

    def enrollment(self, event, course, learner, course_id):
        what = self.random.choice(["activated", "activated", "deactivated", "mode_changed"])
        payload = {"course_id": course_id, "user_id": learner + 1, "mode": self.random.choice(["audit", "verified"])}
        event |= {"event_type": f"edx.course.enrollment.{what}", "event": payload}

    def mobile(self, event, course, learner, course_id):
        self.video(event, course, learner, course_id, source="mobile")
        event["ip"] = ""
        event["context"] |= {
            "application": {"name": "edx.mobileapp.iOS", "version": "5.2.1"},
            "received_at": event["time"],
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", required=True)
    options = parser.parse_args()
    with open(options.output, "wb", buffering=1 << 20) as file:
        file.writelines(Log(options.events, options.seed).lines())


if __name__ == "__main__":
    main()
