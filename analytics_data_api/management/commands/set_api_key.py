"""Gives a user a key, or takes it away."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction
from rest_framework.authtoken.models import Token

KEY_LENGTH = Token._meta.get_field("key").max_length


class Command(BaseCommand):
    help = "Set the API key of a user, who is created if need be, or delete it with --delete-key."

    def add_arguments(self, parser):
        parser.add_argument("username", help="whose key it is")
        parser.add_argument("key", nargs="?", help=f"the new key, at most {KEY_LENGTH} characters; replaces an old one")
        parser.add_argument("--delete-key", action="store_true", help="delete the user's key instead")

    def handle(self, *, username, key, delete_key, **options):
        if delete_key and key is not None:
            raise CommandError("give either a key or --delete-key, not both")
        try:
            if delete_key:
                self.delete_key(username)
            else:
                self.set_key(username, key)
        except DatabaseError as error:
            raise CommandError(
                f"the database of users and keys does not answer, or is not migrated: {error}"
            ) from error
        self.stdout.write(f"The key of {username} is {'deleted' if delete_key else 'set'}.")

    def delete_key(self, username):
        deleted, _ = Token.objects.filter(user__username=username).delete()
        if not deleted:
            raise CommandError(f"there is no user {username!r} with a key")

    def set_key(self, username, key):
        refuse_bad_key(key)
        User = get_user_model()
        longest_username = User._meta.get_field("username").max_length
        if not username.strip() or len(username) > longest_username:
            raise CommandError(f"the username is empty or longer than {longest_username} characters")
        with transaction.atomic():
            holder = Token.objects.filter(key=key).select_related("user").first()
            if holder and holder.user.get_username() != username:
                raise CommandError("the key belongs to another user")
            user, created = User.objects.get_or_create(username=username)
            if created:
                user.set_unusable_password()
                user.save()
            if not holder:
                Token.objects.filter(user=user).delete()
                Token.objects.create(user=user, key=key)


def refuse_bad_key(key):
    if not key:
        raise CommandError("the key is empty")
    if len(key) > KEY_LENGTH:
        raise CommandError(f"the key is longer than {KEY_LENGTH} characters")
    # Clients send the key as one word of a header.
    if not all("!" <= character <= "~" for character in key):
        raise CommandError("the key may hold only letters, digits and signs of ASCII, without spaces")
