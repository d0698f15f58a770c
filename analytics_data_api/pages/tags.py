"""Template tags of the pages."""

from django import template
from django.utils.formats import date_format
from django.utils.html import json_script

from analytics_data_api.pages import figures
from analytics_data_api.pages.sections import SortedTable
from analytics_data_api.web.times import parse_time

register = template.Library()


@register.filter
def number(value):
    """Write a number as a person of the active language does."""
    return figures.written(value)


@register.filter
def percent(value):
    return figures.written(value, figures.PERCENT)


@register.filter("day")
def written_day(value):
    """Write the day of a date or date-time that is text of the API."""
    return figures.written(value, figures.DAY)


@register.filter("moment")
def written_moment(value):
    """Write a date-time that is text of the API, UTC."""
    parsed = parse_time(value) if value else None
    return date_format(parsed, "DATETIME_FORMAT") if parsed else figures.written(None)


@register.simple_tag
def chart_spec(chart):
    """Write the chart as JSON that pages.js draws."""
    return json_script(chart.spec(), f"{chart.id}-spec")


@register.simple_tag(takes_context=True)
def sorted_table(context, shown_figures):
    return SortedTable(shown_figures, context["request"].GET)


@register.simple_tag(takes_context=True)
def request_forms(context, api_request):
    return api_request.forms(context["request"])


@register.simple_tag(takes_context=True)
def query_with(context, **changes):
    """Return the query string of the page with some parameters changed; an empty value removes one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = value
    return f"?{query.urlencode()}"
