from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "analytics_data_api.auth"
    # No database of an older server has tables with this prefix.
    label = "api_keys"
    verbose_name = "Keys"

    def ready(self):
        from rest_framework.authtoken.models import Token

        # Django's admin shows and logs str() of each object, which for a token of DRF would be the key itself.
        Token.__str__ = lambda token: f"key of {token.user}"
