"""Set, restrict or delete the API key of a user."""

from datetime import date

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction
from rest_framework.authtoken.models import Token

from analytics_data_api.auth.models import KeyAccess, today_in_utc
from analytics_data_api.auth.texts import keys_table, restriction_text

USERNAME_LENGTH = get_user_model()._meta.get_field("username").max_length
KEY_LENGTH = Token._meta.get_field("key").max_length
NEVER = "never"
FLAG = {"action": "store_true"}
OPTIONS = {
    "generate": {**FLAG, "help": "generate a key and print it once"},
    "course": {
        **{"action": "append", "metavar": "ID"},
        "help": "restrict the key to this course (repeatable); replaces an earlier restriction",
    },
    "org": {
        **{"action": "append", "metavar": "ORG"},
        "help": "restrict the key to all courses of this organization (repeatable)",
    },
    "no-personal-data": {**FLAG, "help": "the key has no access to personal data"},
    "unrestricted": {**FLAG, "help": "all courses, and personal data unless --no-personal-data"},
    "expires": {"metavar": "DATE", "help": f"the first day when the key is invalid, YYYY-MM-DD (UTC), or {NEVER}"},
    "list": {**FLAG, "help": "list the users with their access and the day of last use"},
    "delete-key": {**FLAG, "help": "delete the user's key instead"},
}
# Options that change the access of a key.
RESTRICTING = ("course", "org", "no_personal_data", "unrestricted", "expires")


class Command(BaseCommand):
    help = (
        "Set the API key of a user and its access, and create the user if necessary; list the users with keys (--list); "
        "delete a key (--delete-key). Without options a new key has the access of the old one, and the first key of a "
        "user has access to everything. Without a key the options change the access of the user's key."
    )

    def add_arguments(self, parser):
        parser.add_argument("username", nargs="?", help="the user who gets the key")
        parser.add_argument(
            "key", nargs="?", help=f"the new key, at most {KEY_LENGTH} characters; replaces the old one"
        )
        for name, options in OPTIONS.items():
            parser.add_argument(f"--{name}", **options)

    def handle(self, *, username, key, **options):
        refuse_contradictions(username, key, options)
        try:
            if options["list"]:
                self.stdout.write(keys_table())
            elif options["delete_key"]:
                self.stdout.write(delete_key(username))
            else:
                self.set_key(username, Token.generate_key() if options["generate"] else key, options)
        except DatabaseError as error:
            raise CommandError(
                f"the database of users and keys does not respond, or needs ./manage.py migrate: {error}"
            ) from error

    def set_key(self, username, key, options):
        change = change_of(options)
        if key is not None or not change:
            refuse_bad_key(key)
            if not username.strip() or len(username) > USERNAME_LENGTH:
                raise CommandError(f"the username is empty or longer than {USERNAME_LENGTH} characters")
        with transaction.atomic():
            user = user_of_key(username) if key is None else user_with_key(username, key)
            stored = KeyAccess.objects.filter(user=user).first() or KeyAccess(user=user)
            before = restriction_text(stored)
            for name, value in change.items():
                setattr(stored, name, value)
            try:
                stored.full_clean(exclude=["user"])
            except ValidationError as error:
                raise CommandError("; ".join(error.messages)) from error
            stored.last_used = stored.last_used if key is None else None
            stored.save()
        text = f"The key of {username} {'stays' if key is None else 'is set'}. It may see {restriction_text(stored)}."
        if not change and before != restriction_text(KeyAccess()):
            text += (
                "\nIts access is unchanged: --unrestricted removes restrictions, --expires never removes the expiry."
            )
        if options["generate"]:
            # Standard output has the key alone, so that a script can read it.
            self.stderr.write(text, str)
        self.stdout.write(key if options["generate"] else text)


def refuse_contradictions(username, key, options):
    alone = [name for name in ("list", "delete_key") if options[name]]
    if alone and (alone[1:] or any(options[name] for name in (*RESTRICTING, "generate"))):
        raise CommandError(f"--{alone[0].replace('_', '-')} takes no other options")
    for is_wrong, message in (
        (options["list"] and username is not None, "--list lists all users: give no username"),
        (not options["list"] and username is None, "give a username, or --list"),
        (options["delete_key"] and key is not None, "give either a key or --delete-key, not both"),
        (options["generate"] and key is not None, "give either a key or --generate, not both"),
        (
            options["unrestricted"] and (options["course"] or options["org"]),
            "give either --unrestricted or --course and --org, not both",
        ),
    ):
        if is_wrong:
            raise CommandError(message)


def change_of(options):
    """Return the columns that the options change, with their new values."""
    change = {}
    if options["unrestricted"]:
        change |= {"is_restricted": False, "courses": "", "orgs": "", "sees_personal_data": True}
    if options["course"] or options["org"]:
        change["is_restricted"] = True
        for option in ("course", "org"):
            names = options[option] or ()
            if not all(map(str.strip, names)):
                raise CommandError(f"--{option} is empty")
            change[f"{option}s"] = "\n".join(names)
    if options["no_personal_data"]:
        change["sees_personal_data"] = False
    if options["expires"] is not None:
        change["expires"] = None if options["expires"] == NEVER else day_of_expiry(options["expires"])
    return change


def day_of_expiry(text):
    try:
        day = date.fromisoformat(text) if len(text) == len("YYYY-MM-DD") else None
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"--expires {text!r} is not a date: expected YYYY-MM-DD, or {NEVER}")
    if day <= today_in_utc():
        until = f"is not after today ({today_in_utc()}, UTC)"
        raise CommandError(f"--expires {text} {until}: to end a key now, use --delete-key")
    return day


def delete_key(username):
    deleted, _ = Token.objects.filter(user__username=username).delete()
    if not deleted:
        raise CommandError(f"there is no user {username!r} with a key")
    return f"The key of {username} is deleted. Sessions and web tokens stay valid until you deactivate the user."


def user_of_key(username):
    token = Token.objects.filter(user__username=username).select_related("user").first()
    if token is None:
        raise CommandError(f"there is no user {username!r} with a key: give one, or --generate")
    return token.user


def user_with_key(username, key):
    """Return the user, created if necessary, after giving the user the key."""
    holder = Token.objects.filter(key=key).select_related("user").first()
    if holder and holder.user.get_username() != username:
        raise CommandError("the key belongs to another user")
    user, created = get_user_model().objects.get_or_create(username=username)
    if created:
        user.set_unusable_password()
        user.save()
    if not holder:
        Token.objects.filter(user=user).delete()
        Token.objects.create(user=user, key=key)
    return user


def refuse_bad_key(key):
    if not key:
        raise CommandError("the key is empty")
    if len(key) > KEY_LENGTH:
        raise CommandError(f"the key is longer than {KEY_LENGTH} characters")
    # Clients send the key as one word of a header, so that it has no spaces.
    if not all("!" <= character <= "~" for character in key):
        raise CommandError("the key is not valid: expected ASCII letters, digits and signs, without spaces")
