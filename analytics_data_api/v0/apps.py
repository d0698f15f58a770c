from django.apps import AppConfig


class V0Config(AppConfig):
    name = "analytics_data_api.v0"
    label = "v0"
    verbose_name = "Pipeline tables"

    def ready(self):
        # Importing the module registers the system checks, which need the models.
        from analytics_data_api.v0 import checks  # noqa: F401
