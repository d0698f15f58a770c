"""Give the demo's user a key and a password that everybody knows."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from analytics_data_api.management.demo_only import add_force, refuse_other_courses
from analytics_data_api.v0.checks import analytics_aliases

# The username, the key and the password.
DEMO = "edx"


class Command(BaseCommand):
    help = (
        f"Give the user {DEMO} the key {DEMO} and, unless the user has a password already, the password {DEMO}. The command "
        "refuses the production settings, and analytics databases that have rows of other courses than the demo's."
    )

    def add_arguments(self, parser):
        add_force(parser)

    def handle(self, *, force, **options):
        if not getattr(settings, "ALLOW_DEMO_KEY", False):
            raise CommandError(f"the production settings have no demo key: everybody could guess {DEMO!r}")
        for alias in sorted(analytics_aliases()):
            refuse_other_courses(alias, force=force)
        call_command("set_api_key", DEMO, DEMO, stdout=self.stdout)
        user = get_user_model().objects.get(username=DEMO)
        if not user.has_usable_password():
            user.set_password(DEMO)
            user.save()
        if user.check_password(DEMO):
            self.stdout.write(f"In a browser, log in as {DEMO} with the password {DEMO}.")
