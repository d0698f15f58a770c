"""Videos of a course, and the viewers of one video second by second."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics_data_api.errors import ResourceNotFound
from analytics_data_api.pages.definitions import definition
from analytics_data_api.pages.figures import PERCENT, TEXT, Card, Chart, FigureTable, TableColumn, share, written
from analytics_data_api.pages.outline import (
    NO_OUTLINE,
    Drill,
    PlacedItem,
    PlaceParameters,
    Step,
    Steps,
    drilled,
    encoded_id,
    has_outline,
    neighbours,
    placed,
)
from analytics_data_api.pages.request_box import ApiRequest
from analytics_data_api.pages.sections import Content, Section
from analytics_data_api.pages.views import CoursePage
from analytics_data_api.pages.wording import NO_VIDEOS
from analytics_data_api.v0.queries.outline import course_outline
from analytics_data_api.v0.queries.videos import video_timeline, videos_of_course
from analytics_data_api.v0.serializers.videos import VideoSerializer, VideoTimelineSerializer

Videos = list[PlacedItem[dict[str, Any]]]


def course_videos(page: CoursePage) -> Videos:
    """Return the videos of a course in the order of its outline."""
    videos = VideoSerializer.to_dicts(videos_of_course(course_id=page.course_id, scope=page.scope))
    blocks = course_outline(course_id=page.course_id, types=("video",), scope=page.scope) if videos else ()
    return placed(videos, blocks, lambda video: video["encoded_module_id"], encoded_id)


def video_name(video: PlacedItem[dict[str, Any]]) -> str:
    return video.name(video.item["encoded_module_id"])


def watched(videos: Sequence[PlacedItem[dict[str, Any]]]) -> tuple[int, int]:
    """Return the complete and the incomplete views of videos."""
    started = sum(video.item["users_at_start"] for video in videos)
    # Learners can jump to the end without having seen the start.
    complete = sum(min(video.item["users_at_end"] or 0, video.item["users_at_start"]) for video in videos)
    return complete, started - complete


def clock(seconds: int) -> str:
    """Return a time in a video as players show it."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


class VideosPage(CoursePage):
    """Complete and incomplete views by section, by subsection and by video."""

    name = "videos"
    title = gettext_lazy("Engagement with videos")
    parameters_class = PlaceParameters

    def content(self):
        videos = course_videos(self)
        drill = drilled(videos, self.parameters, _("All videos"))
        figures = self.figures(drill)
        complete, incomplete = watched(drill.items)
        section = Section(
            "videos",
            drill.steps.trail[-1].label if drill.steps.trail else _("Views by section") if drill.groups else _("Views"),
            figures=figures,
            chart=Chart(
                figures,
                "stacked",
                "order",
                ["complete", "incomplete"],
                title=_("%(share)s of the learners who start a video watch its end")
                % {"share": written(share(complete, complete + incomplete), PERCENT)},
                unit=_("Learners"),
                labels={row[1]: row[0] for row in figures.rows},
            ),
            request=ApiRequest.of_course(self.course_id, "videos/", "videos()"),
            about="" if has_outline(videos) else NO_OUTLINE,
            empty=NO_VIDEOS,
            controls="pages/parts/steps.html",
        )
        return Content(
            sections=[section],
            computed=max((video.item["created"] for video in videos), default=None),
            more={"steps": drill.steps},
        )

    def figures(self, drill: Drill) -> FigureTable:
        columns = [
            TableColumn("name", _("Name"), TEXT),
            TableColumn("order", _("Order"), definition=_("Place in the order of the course.")),
            TableColumn("videos", _("Videos"), definition=_("Videos that learners have played.")),
            TableColumn("complete", _("Complete"), definition=_("Learners who watched the start and the end.")),
            TableColumn(
                "incomplete", _("Incomplete"), definition=_("Learners who watched the start, but not the end.")
            ),
            TableColumn("percent", _("Complete, share"), PERCENT, _("Share of the learners who watched the start.")),
        ]
        if drill.groups:
            parts = [(group.name, drill.url(group), group.items) for group in drill.groups]
        else:
            parts = [
                (video_name(video), self.course_url("video", video_id=video.item["pipeline_video_id"]), [video])
                for video in drill.items
            ]
        rows: list[Sequence[Any]] = []
        links = {}
        for order, (name, url, videos) in enumerate(parts, start=1):
            complete, incomplete = watched(videos)
            rows.append([name, order, len(videos), complete, incomplete, share(complete, complete + incomplete)])
            links[order] = url
        return FigureTable("views", columns, rows, _("Views of videos"), links, key="order", sort="order")


class VideoPage(CoursePage):
    """Viewers and replays of a video by its segments."""

    name = "video"
    title = gettext_lazy("Video")

    def content(self):
        video_id = self.kwargs["video_id"]
        videos = course_videos(self)
        place = next((n for n, video in enumerate(videos) if video.item["pipeline_video_id"] == video_id), None)
        if place is None:
            raise ResourceNotFound(
                _("The course %(course)s has no video %(video)s.") % {"course": self.course_id, "video": video_id}
            )
        video = videos[place]
        rows = video_timeline(video_id=video_id, course_id=self.course_id, scope=self.scope)
        figures = self.figures(VideoTimelineSerializer.to_dicts(rows), video.item["segment_length"])
        title = peak(figures)
        path = f"videos/{video_id}/timeline/"
        section = Section(
            "timeline",
            _("Viewers by time in the video"),
            figures=figures,
            chart=Chart(
                figures,
                "lines",
                "second",
                ["viewers", "replays"],
                title=title,
                unit=_("Learners and replays"),
                labels={second: clock(second) for second in figures.values("second")},
            ),
            request=ApiRequest(
                path,
                {"course_id": self.course_id},
                f"client.modules({self.course_id!r}, {video_id!r}).video_timeline()",
            ),
            about=_("Where the line of viewers falls, learners stop watching; where replays rise, they watch again."),
            empty=NO_VIDEOS,
            controls="pages/parts/steps.html",
        )
        return Content(
            cards=self.cards(video.item),
            sections=[section],
            computed=video.item["created"],
            more={"title": video_name(video), "steps": self.steps(videos, place)},
        )

    def figures(self, segments: Sequence[dict[str, Any]], length: int) -> FigureTable:
        columns = [
            TableColumn(
                "second", _("Second"), definition=_("Start of the segment, in seconds from the start of the video.")
            ),
            TableColumn("viewers", _("Viewers"), definition=definition(VideoTimelineSerializer, "num_users")),
            TableColumn(
                "replays", _("Replays"), definition=_("Views of the segment beyond the first one of each viewer.")
            ),
        ]
        rows = [
            [
                segment["segment"] * length,
                segment["num_users"],
                None if segment["num_views"] is None else max(segment["num_views"] - segment["num_users"], 0),
            ]
            for segment in segments
        ]
        return FigureTable("timeline-rows", columns, rows, _("Viewers and replays by segment"), sort="second")

    def cards(self, video):
        complete = video["users_at_end"]
        return [
            Card(
                _("Completion"),
                share(complete, video["users_at_start"]),
                _("Learners who watched the end, as a share of those who watched the start."),
                kind=PERCENT,
            ),
            Card(_("Started"), video["users_at_start"], definition(VideoSerializer, "users_at_start")),
            Card(_("Finished"), complete, definition(VideoSerializer, "users_at_end")),
            Card(_("Length"), video["duration"], definition(VideoSerializer, "duration"), note=_("seconds")),
        ]

    def steps(self, videos: Videos, place: int) -> Steps:
        def step(video: PlacedItem[dict[str, Any]] | None) -> Step | None:
            return video and Step(video_name(video), self.course_url("video", video_id=video.item["pipeline_video_id"]))

        before, after = neighbours(videos, videos[place])
        trail = [Step(_("All videos"), self.course_url("videos"))]
        block = videos[place].block
        if block and block.section:
            section = PlaceParameters.to_value(section=block.section, subsection=block.subsection)
            trail.append(Step(block.subsection or block.section, self.course_url("videos") + section.query()))
        return Steps([*trail, Step(video_name(videos[place]), "")], step(before), step(after))


def peak(figures: FigureTable) -> str:
    """Return the maximum number of viewers and the time of most replays in words."""
    if not figures.rows:
        return ""
    viewers = max(figures.values("viewers"))
    text = ngettext("At most %(number)s viewer", "At most %(number)s viewers", viewers) % {"number": written(viewers)}
    replays = [(row[2], -row[0]) for row in figures.rows if row[2]]
    if not replays:
        return text
    most = _("most replays at %(time)s") % {"time": clock(-max(replays)[1])}
    return f"{text}, {most}"
