"""Every page in a headless browser that reaches only the server: ``make test-browser``."""

from urllib.parse import quote

import pytest

from analytics_data_api.simulation.documented import DEMO_COURSE, INVENTED_COURSE
from tests.support.pages import COURSE_PAGES

pytestmark = pytest.mark.browser

COURSE = f"/courses/{INVENTED_COURSE}/"
API = f"courses/{INVENTED_COURSE}/"
WITHOUT_DATA = "my/cool/course"
PAGES = ["/courses/", *(f"{COURSE}{path}" for path in COURSE_PAGES)]
OTHERS = [f"/courses/{course}/{path}" for course in (DEMO_COURSE, WITHOUT_DATA) for path in COURSE_PAGES]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_for_everyone(open_page, path):
    open_page.open(path)
    open_page.assert_accessible()
    open_page.colors("dark")
    open_page.assert_accessible()
    open_page.phone()
    open_page.open(path)
    open_page.assert_fits()
    open_page.assert_accessible()
    open_page.assert_clean()


def test_pages_of_other_courses(open_page):
    for path in OTHERS:
        open_page.open(path)
        assert open_page.visible(".chart, .empty, table"), path
        open_page.assert_clean()
    open_page.open(f"/courses/{WITHOUT_DATA}/enrollment/")
    assert "compute_tables" in open_page.text(".empty")
    open_page.assert_accessible()


def test_error_page_is_accessible(open_page):
    open_page.open("/courses/nonsense/")
    assert "nonsense" in open_page.text("main")
    open_page.assert_accessible()


def test_enrollment_is_that_of_the_api(open_page):
    rows = open_page.api(f"{API}enrollment/mode/?start_date=2000-01-01")
    open_page.open(f"{COURSE}enrollment/")
    chart = open_page.chart("enrollment-days")
    for track in ("audit", "credit", "honor", "professional", "verified", "masters"):
        assert chart[track] == {row["date"]: row[track] for row in rows}
    table = open_page.table("enrollment-days")
    assert [row["Enrolled"] for row in table] == [f"{row['count']:,}" for row in reversed(rows)]
    assert [row["Verified"] for row in table] == [f"{row['verified']:,}" for row in reversed(rows)]


def test_map_and_table_select_each_other(open_page):
    rows = open_page.api(f"{API}enrollment/location/")
    open_page.open(f"{COURSE}enrollment/geography/")
    known = {row["country"]["alpha2"]: row["count"] for row in rows if row["country"]["alpha2"]}
    assert open_page.chart("countries") == {"count": known}
    assert {row["Code"]: int(row["Enrolled"]) for row in open_page.table("countries") if row["Code"] != "–"} == known
    open_page.find("tr[data-key=FR]").click()
    open_page.find("tr[data-key=FR].is-picked")
    selected = "return echarts.getInstanceByDom(document.querySelector('.chart')).getOption().series[0].selectedMap"
    assert open_page.browser.execute_script(selected)["FR"] is True
    pick = "echarts.getInstanceByDom(document.querySelector('.chart')).dispatchAction({type: 'select', name: 'IN'})"
    open_page.browser.execute_script(pick)
    open_page.find("tr[data-key=IN].is-picked")
    assert open_page.visible("tr[data-key=FR].is-picked") is None
    zoom = "return echarts.getInstanceByDom(document.querySelector('.chart')).getOption().series[0].zoom"
    open_page.find("button[data-zoom=in]").click()
    assert open_page.browser.execute_script(zoom) > 1
    open_page.find("button[data-zoom=all]").click()
    assert open_page.browser.execute_script(zoom) == 1


def test_demographics_are_those_of_the_api(open_page):
    rows = open_page.api(f"{API}enrollment/birth_year/")
    year = int(rows[0]["date"][:4])
    open_page.open(f"{COURSE}enrollment/age/")
    ages = {age: count for age, count in open_page.chart("ages")["count"].items() if count}
    assert ages == {year - row["birth_year"]: row["count"] for row in rows if row["birth_year"] and row["count"]}
    levels = open_page.api(f"{API}enrollment/education/")
    open_page.open(f"{COURSE}enrollment/education/")
    counts = sorted(open_page.chart("levels")["count"].values())
    assert counts == sorted(row["count"] for row in levels if row["education_level"])
    [genders] = open_page.api(f"{API}enrollment/gender/")
    open_page.open(f"{COURSE}enrollment/gender/")
    shown = list(open_page.chart("genders")["count"].values())
    assert shown == [genders[name] for name in ("female", "male", "other", "unknown")]


def test_overview_has_the_activity_of_the_api(open_page):
    rows = open_page.api(f"{API}activity/?start_date=2000-01-01")
    open_page.open(COURSE)
    chart = open_page.chart("activity-weeks")
    for name in ("any", "attempted_problem", "played_video", "posted_forum"):
        assert list(chart[name].values()) == [row.get(name) for row in rows]
    assert open_page.find("a[href^='https://lms.example.org/courses/']")
    assert open_page.find("a[href^='https://studio.example.org/course/']")


def test_sorting_is_in_the_address(open_page):
    open_page.open(f"{COURSE}enrollment/geography/")
    open_page.find("#countries thead th:first-child a").click()
    open_page.until(lambda: "countries_sort=country" in open_page.browser.current_url, "no sort in the address")
    names = [row["Country"] for row in open_page.table("countries")]
    assert names == sorted(names, key=str.casefold)
    assert open_page.find("#countries th[aria-sort=ascending]").text.startswith("Country")


def test_search_as_one_types(open_page):
    open_page.open("/courses/")
    open_page.fill("#text_search", "numbers")
    rows = "return [...document.querySelectorAll('#results tbody tr')].map((row) => row.dataset.key)"
    open_page.until(lambda: open_page.browser.execute_script(rows) == [INVENTED_COURSE], "the list does not follow")
    assert "text_search=numbers" in open_page.browser.current_url
    assert open_page.browser.switch_to.active_element.get_attribute("id") == "text_search"
    open_page.find(".chip").click()
    open_page.until(lambda: len(open_page.browser.execute_script(rows)) == 4, "the filter stays")
    open_page.find("input[name=pacing_type][value=self_paced]").click()
    open_page.until(lambda: len(open_page.browser.execute_script(rows)) == 2, "the filter does not apply")
    open_page.browser.refresh()
    assert len(open_page.browser.execute_script(rows)) == 2
    open_page.assert_clean()


def test_learners_as_one_types(open_page):
    path = f"{COURSE}learners/"
    open_page.open(path)
    open_page.fill("#text_search", "amar")
    names = "return [...document.querySelectorAll('#results tbody th')].map((cell) => cell.innerText.toLowerCase())"
    open_page.until(
        lambda: (found := open_page.browser.execute_script(names)) and all("amar" in name for name in found),
        "the list does not follow",
    )
    shown = open_page.browser.execute_script(names)
    rows = open_page.api(f"learners/?course_id={quote(INVENTED_COURSE)}&text_search=amar*")
    assert len(shown) == min(rows["count"], 25) and "text_search=amar" in open_page.browser.current_url
    open_page.find("thead a[href*='order_by=problems_attempted']").click()
    open_page.until(lambda: "order_by=problems_attempted" in open_page.browser.current_url, "no order in the address")
    assert sorted(open_page.browser.execute_script(names)) == sorted(shown)
    open_page.find("#results tbody a").click()
    open_page.until_drawn()
    open_page.assert_accessible()
    open_page.find(".steps a").click()
    assert sorted(open_page.browser.execute_script(names)) == sorted(shown)
    open_page.assert_clean()


def test_video_problem_and_comparison(open_page):
    [video, *_] = open_page.api(f"{API}videos/")
    segments = open_page.api(f"videos/{quote(video['pipeline_video_id'])}/timeline/")
    open_page.open(f"{COURSE}videos/{quote(video['pipeline_video_id'])}/")
    viewers = open_page.chart("timeline-rows")["viewers"]
    assert list(viewers.values()) == [segment["num_users"] for segment in segments]
    open_page.assert_accessible()
    problem = open_page.api(f"{API}problems/")[0]
    open_page.open(f"{COURSE}problems/{quote(problem['module_id'])}/")
    assert open_page.chart("answers")["last"]
    open_page.assert_accessible()
    open_page.open(f"/compare/?course_id={quote(INVENTED_COURSE)}&course_id={quote(DEMO_COURSE)}&axis=weeks")
    assert set(open_page.chart("enrolled")) == {INVENTED_COURSE, DEMO_COURSE}
    open_page.assert_accessible()
    open_page.phone()
    open_page.browser.refresh()
    open_page.until_drawn()
    open_page.assert_fits()
    open_page.assert_clean()


def test_request_is_copied(open_page):
    open_page.open(f"{COURSE}enrollment/")
    open_page.find(".request summary").click()
    assert "curl" in open_page.text(".form-curl")
    open_page.find("label[for=enrollment-client]").click()
    assert "client.courses(" in open_page.text(".form-client")
    open_page.find("button.copy").click()
    open_page.until(lambda: open_page.find("button.copy").text == "Copied", "nothing is copied")


def test_keyboard(open_page):
    from selenium.webdriver.common.keys import Keys

    open_page.open(f"{COURSE}enrollment/geography/")
    open_page.press(Keys.TAB)
    assert open_page.browser.switch_to.active_element.text == "Skip to the content"
    open_page.press(Keys.ENTER)
    assert open_page.browser.switch_to.active_element.get_attribute("id") == "main"
    row = open_page.find("tr[data-key=CN]")
    open_page.browser.execute_script("arguments[0].focus()", row)
    open_page.press(Keys.ENTER)
    open_page.find("tr[data-key=CN].is-picked")


def test_dark_and_print_colors(open_page):
    color = "return echarts.getInstanceByDom(document.querySelector('.chart')).getOption().color[0]"
    open_page.open(f"{COURSE}enrollment/")
    light = open_page.browser.execute_script(color)
    open_page.colors("dark")
    open_page.until(lambda: open_page.browser.execute_script(color) != light, "the chart stays light")
    open_page.browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert open_page.browser.execute_script(color) == light
    open_page.browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert open_page.browser.execute_script(color) != light
    open_page.colors("light", media="print")
    assert open_page.visible(".course-menu") is None
    assert open_page.visible("main table")
