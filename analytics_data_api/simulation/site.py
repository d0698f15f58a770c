"""The data of a site with the invented course: tracking logs, the LMS's tables and a country database."""

from pathlib import Path

from analytics_data_api.simulation.addresses import networks
from analytics_data_api.simulation.country_database import write_mmdb
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.lms_data import write_lms_data
from analytics_data_api.simulation.log_events import EventWriter, course_events
from analytics_data_api.simulation.log_files import write_logs
from analytics_data_api.simulation.tables import learners_and_actions


def write_site(course: FakeCourse, folder: Path) -> int:
    """Write ``logs/``, ``lms.sqlite3`` and ``countries.mmdb`` into the folder. Return the number of lines of the logs."""
    folder.mkdir(parents=True, exist_ok=True)
    learners, actions = learners_and_actions(course)
    write_lms_data(course, learners, actions, folder / "lms.sqlite3")
    write_mmdb(folder / "countries.mmdb", networks())
    writer = EventWriter(course, actions)
    return write_logs(course, course_events(learners, actions, writer), writer, folder / "logs")
