from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "analytics_data_api.auth"
    # A table of the name is in no older server's database.
    label = "api_keys"
    verbose_name = "Keys"

    def ready(self):
        from rest_framework.authtoken.models import Token

        # Django's admin writes str() of what it adds and deletes onto its pages and into its log.
        Token.__str__ = lambda token: f"key of {token.user}"
