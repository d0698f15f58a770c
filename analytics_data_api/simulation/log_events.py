"""The learners' actions as events of a tracking log, as the LMS, browsers and mobile apps write them."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, urlencode

from analytics_data_api.simulation.actions import Action, Actions, Attempt, Post, Viewing, Visit
from analytics_data_api.simulation.addresses import (
    address,
    enrolls_abroad,
    is_enrolled_by_staff,
    watches_on_phone,
)
from analytics_data_api.simulation.course import FakeCourse, midnight
from analytics_data_api.simulation.learners import Learner
from analytics_data_api.simulation.questions import Answer

Event = dict[str, Any]

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
STAFF_ID, STAFF_NAME, STAFF_ADDRESS = 900, "staff", "192.0.2.9"
# Phones log in the time zone that they are in.
PHONE_ZONE = timezone(timedelta(hours=2))
MOBILE_NAMES = {"play_video": "edx.video.played", "pause_video": "edx.video.paused", "stop_video": "edx.video.stopped"}
POSTS = ("thread", "response", "comment")


class EventWriter:
    """Makes the events of a course. Every few actions take another form that means the same."""

    def __init__(self, course: FakeCourse, actions: Actions) -> None:
        self.course = course
        self.actions = actions
        self.number = 0

    def every(self, count: int) -> bool:
        """Return True for one of so many calls, or so."""
        self.number += 1
        return self.number % count == 0

    def event(self, time: datetime, event_type: str, payload: Any, source: str = "server", **changes: Any) -> Event:
        context = {"course_id": self.course.course_id, "org_id": self.course.key.org, "path": "/event"}
        return {
            "username": "",
            "event_type": event_type,
            "event_source": source,
            "name": event_type,
            "time": time.isoformat(),
            "ip": "",
            "page": None,
            "agent": AGENT,
            "referer": "",
            "session": "6f0c",
            "host": "lms.example.com",
            "accept_language": "en",
            "event": payload,
            **changes,
            "context": context | changes.get("context", {}),
        }

    def by_learner(
        self, learner: Learner, time: datetime, event_type: str, payload: Any, source: str = "server", **changes: Any
    ) -> Event:
        # The LMS has written usernames with a line break, and ids as texts.
        username = f"{learner.username}\n" if self.every(500) else learner.username
        user_id: int | str = str(learner.user_id) if self.every(7) else learner.user_id
        context = {"user_id": user_id} | changes.pop("context", {})
        who = {"username": username, "ip": address(learner), "context": context}
        return self.event(time, event_type, payload, source, **(who | changes))

    def enrollment(self, learner: Learner, time: datetime, change: str, mode: str) -> Event:
        payload = {"course_id": self.course.course_id, "user_id": learner.user_id, "mode": mode}
        event_type = f"edx.course.enrollment.{change}"
        if change == "activated" and is_enrolled_by_staff(learner):
            context = {"user_id": STAFF_ID, "course_id": None}
            return self.event(time, event_type, payload, username=STAFF_NAME, ip=STAFF_ADDRESS, context=context)
        ip = address(learner, abroad=change == "activated" and enrolls_abroad(learner))
        return self.by_learner(learner, time, event_type, payload, ip=ip)

    def life(self, learner: Learner) -> Iterator[Event]:
        """Yield the events of the learner's enrollment, before six o'clock in the morning."""

        def early(day: date) -> datetime:
            return midnight(day) + timedelta(seconds=1 + learner.user_id % 18_000, microseconds=learner.user_id)

        yield self.enrollment(learner, early(learner.enrollment_date), "activated", learner.first_mode)
        if learner.upgrade_date:
            yield self.enrollment(learner, early(learner.upgrade_date), "mode_changed", learner.enrollment_mode)
        if learner.unenrollment_date:
            yield self.enrollment(learner, early(learner.unenrollment_date), "deactivated", learner.enrollment_mode)

    def events_of(self, action: Action) -> Iterator[Event]:
        """Yield the events of an action, which is one or several."""
        if isinstance(action, Visit):
            yield self.visit(action)
        elif isinstance(action, Attempt):
            yield from self.attempt(action)
        elif isinstance(action, Viewing):
            yield from self.viewing(action)
        elif isinstance(action, Post):
            kind = POSTS[len(action.topic) % len(POSTS)]
            payload = {"id": f"{self.number:024x}", "commentable_id": action.topic, "body": "…", "truncated": False}
            yield self.by_learner(action.learner, action.time, f"edx.forum.{kind}.created", payload)
            if self.every(3):
                yield self.by_learner(action.learner, later(action, 1), "edx.forum.thread.viewed", payload)

    def visit(self, visit: Visit) -> Event:
        """Return a page request, or what a browser logs on a page. Some of them name their course in the URL alone."""
        course_id, block = self.course.course_id, visit.sequential.module_id
        path = f"/courses/{course_id}/courseware/chapter/{visit.sequential.html_id}/"
        request = json.dumps({"POST": {}, "GET": {}})
        learner, time = visit.learner, visit.time
        form = self.number % 4
        self.number += 1
        if form == 0:
            return self.by_learner(learner, time, path, request)
        if form == 1:
            context = {"course_id": ""}
            return self.by_learner(learner, time, path.replace(course_id, quote(course_id)), request, context=context)
        if form == 2:
            is_new_style = course_id.startswith("course-v1:")
            place = f"/learning/course/{course_id}/{block}" if is_new_style else path
            page = f"https://lms.example.com{quote(place)}?jump=1#top"
            return self.by_learner(learner, time, "page_close", "{}", "browser", page=page, context={"course_id": ""})
        goal = json.dumps({"old": 1, "new": 2, "id": block})
        return self.by_learner(learner, time, "seq_next", goal, "browser", page=f"https://lms.example.com{path}")

    def attempt(self, attempt: Attempt) -> Iterator[Event]:
        learner, module = attempt.learner, self.course.problems[attempt.number]
        parts = {f"{module.html_id}_{number}_1": answer for number, answer in enumerate(attempt.answers, start=2)}
        if self.every(4):
            # The browser's own event and the request that brings the answers are not a check.
            form = urlencode({f"input_{part_id}": answer.value_id or "" for part_id, answer in parts.items()})
            yield self.by_learner(learner, later(attempt, -2), "problem_check", form, "browser")
            handler = (
                f"/courses/{self.course.course_id}/xblock/{module.module_id}/handler/xmodule_handler/problem_check"
            )
            yield self.by_learner(
                learner, later(attempt, -1), handler, json.dumps({"POST": {"input": ["…"]}, "GET": {}})
            )
        yield self.problem_check(attempt, parts)
        if self.every(4):
            yield self.by_learner(learner, later(attempt, 1), "problem_graded", ["input=…", "<div/>"], "browser")

    def problem_check(self, attempt: Attempt, parts: dict[str, Answer]) -> Event:
        module, problem = self.course.problems[attempt.number], self.actions.problems[attempt.number]
        variant = next((answer.variant for answer in attempt.answers if answer.variant), None)
        payload = {
            "problem_id": module.module_id,
            "success": "correct" if attempt.is_correct else "incorrect",
            "grade": sum(answer.correct for answer in attempt.answers),
            "max_grade": len(parts),
            "attempts": 1,
            "answers": {part_id: submitted(answer) for part_id, answer in parts.items()},
            "submission": {part_id: described(answer) for part_id, answer in parts.items()},
            "state": {"seed": variant or 1},
        }
        [topic, *more_topics] = problem.topics
        tags = {"difficulty": problem.difficulty, "learning_outcome": problem.topics if more_topics else topic}
        context = {
            "module": {"display_name": problem.display_name, "usage_key": module.module_id},
            "asides": {"tagging_aside": {"saved_tags": tags}},
        }
        return self.by_learner(attempt.learner, attempt.time, "problem_check", payload, context=context)

    def viewing(self, viewing: Viewing) -> Iterator[Event]:
        yield self.video_event(viewing, 0, "play_video", currentTime=viewing.shown)
        if viewing.end is None:
            return
        seconds = viewing.end - viewing.start
        if viewing.jumps_to is not None:
            yield self.video_event(viewing, seconds, "seek_video", old_time=viewing.end, new_time=viewing.jumps_to)
        else:
            is_over = viewing.end > 0.9 * self.actions.durations[viewing.number]
            end_type = "stop_video" if is_over else "pause_video"
            yield self.video_event(viewing, seconds, end_type, currentTime=viewing.end)

    def video_event(self, viewing: Viewing, seconds: float, event_type: str, **offsets: float) -> Event:
        video, learner, time = self.course.videos[viewing.number], viewing.learner, later(viewing, seconds)
        payload = {"id": video.html_id, "duration": self.actions.durations[viewing.number], **offsets}
        if not watches_on_phone(learner):
            text = json.dumps(payload | {"code": "html5"})
            page = f"https://lms.example.com/courses/{self.course.course_id}/courseware/"
            return self.by_learner(learner, time, event_type, text, "browser", page=page)
        time, changes = time.astimezone(PHONE_ZONE), {"ip": ""}
        if event_type == "seek_video" or self.number % 2:
            changes["name"] = MOBILE_NAMES.get(event_type, "edx.video.position.changed")
            return self.by_learner(learner, time, event_type, payload | {"code": "mobile"}, "mobile", **changes)
        # An LMS that does not translate the events of apps logs them as they are.
        payload = {
            "module_id": video.module_id,
            "duration": payload["duration"],
            "current_time": offsets["currentTime"],
        }
        return self.by_learner(learner, time, MOBILE_NAMES[event_type], payload, "mobile", **changes)


def later(action: Action, seconds: float) -> datetime:
    return action.time + timedelta(seconds=seconds)


def submitted(answer: Answer) -> Any:
    """Return an answer as it is submitted: the ids of the choices, or the text."""
    if answer.value_id is None:
        return answer.answer_value
    return json.loads(answer.value_id) if answer.value_id.startswith("[") else answer.value_id


def described(answer: Answer) -> dict[str, Any]:
    """Return an answer as the LMS describes it in the event."""
    is_list = (answer.value_id or "").startswith("[")
    kind = "stringresponse" if answer.value_id is None else "choiceresponse" if is_list else "multiplechoiceresponse"
    return {
        "answer": json.loads(answer.answer_value) if is_list else answer.answer_value,
        "question": answer.question_text,
        "response_type": kind,
        "input_type": "textline" if answer.value_id is None else "checkboxgroup" if is_list else "choicegroup",
        "correct": answer.correct,
        "variant": answer.variant or "",
        "group_label": "",
    }


def course_events(learners: list[Learner], actions: Actions, writer: EventWriter) -> list[Event]:
    """Return all events of the learners, in the order of their times."""
    events = [event for learner in learners for event in writer.life(learner)]
    events += [event for action in actions.all() for event in writer.events_of(action)]
    return sorted(events, key=lambda event: datetime.fromisoformat(event["time"]))
