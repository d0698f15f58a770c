from django.apps import AppConfig


class V0Config(AppConfig):
    name = "analytics_data_api.v0"
    label = "v0"
    verbose_name = "Pipeline tables"
