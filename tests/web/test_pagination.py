"""Pages of a list with their envelope and links."""

import pytest

from analytics_data_api.errors import ResourceNotFound
from analytics_data_api.web.pagination import ListPage, PageLinks

URL = "http://testserver/api/v0/learners/?course_id=a&size=10"


def page_url(number):
    """Return the URL of a page; replace_query_param sorts the parameters by name."""
    return number and f"http://testserver/api/v0/learners/?course_id=a&page={number}&size=10"


def links(number, count, url=URL):
    return PageLinks(page=ListPage(number=number, size=10), count=count, url=url)


@pytest.mark.parametrize("number, start", [(1, 0), (2, 10), (7, 60)])
def test_rows_before_a_page(number, start):
    assert ListPage(number=number, size=10).start == start


@pytest.mark.parametrize("count, pages", [(0, 1), (1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3), (10**9, 10**8)])
def test_number_of_pages(count, pages):
    assert links(1, count).num_pages == pages


@pytest.mark.parametrize(
    "number, count, next_page, previous_page",
    [(1, 0, None, None), (1, 10, None, None), (1, 11, 2, None), (2, 11, None, 1), (2, 21, 3, 1), (3, 21, None, 2)],
)
def test_neighbours(number, count, next_page, previous_page):
    surroundings = links(number, count)
    assert (surroundings.next, surroundings.previous) == (page_url(next_page), page_url(previous_page))
    assert surroundings.envelope() == {
        "count": count,
        "num_pages": surroundings.num_pages,
        "next": page_url(next_page),
        "previous": page_url(previous_page),
    }


def test_page_of_the_url_is_replaced_and_the_rest_stays():
    url = "http://testserver/?page=2&course_id=course-v1%3AedX%2BDemoX%2B2014&fields=a%2Cb"
    assert links(2, 30, url).next == "http://testserver/?course_id=course-v1%3AedX%2BDemoX%2B2014&fields=a%2Cb&page=3"


@pytest.mark.parametrize(
    "number, count, header",
    [
        (1, 10, None),
        (1, 11, f'<{page_url(2)}>; rel="next"'),
        (2, 11, f'<{page_url(1)}>; rel="prev"'),
        (2, 21, f'<{page_url(3)}>; rel="next", <{page_url(1)}>; rel="prev"'),
    ],
)
def test_link_header(number, count, header):
    assert links(number, count).link_header() == header


def test_past_the_last_page():
    links(3, 21).refuse_missing_page()
    links(1, 0).refuse_missing_page()
    for number, count in ((4, 21), (2, 0)):
        with pytest.raises(ResourceNotFound, match=str(number)):
            links(number, count).refuse_missing_page()
