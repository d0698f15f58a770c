"""Keys and their restrictions in Django's admin. The whole key is shown once: when it is created."""

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.forms import Textarea
from rest_framework.authtoken.admin import TokenAdmin
from rest_framework.authtoken.models import TokenProxy

from analytics_data_api.auth.models import KeyAccess
from analytics_data_api.auth.texts import courses_text

admin.site.site_header = admin.site.site_title = "Analytics Data API"

User = get_user_model()
# Enough characters to tell keys apart, too few to guess one.
SHOWN_CHARACTERS = 4
# The shown characters would be too large a part of a key that is shorter than this.
SHORT_KEY = 16


class NamesMixin:
    """Shows lists of names with one name on each line."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in ("courses", "orgs"):
            kwargs["widget"] = Textarea(attrs={"rows": 4, "cols": 70})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class KeyAccessInline(NamesMixin, admin.StackedInline):
    model = KeyAccess
    readonly_fields = ("last_used",)


@admin.register(KeyAccess)
class KeyAccessAdmin(NamesMixin, admin.ModelAdmin):
    list_display = ("user", "shown_courses", "sees_personal_data", "expires", "last_used")
    list_filter = ("is_restricted", "sees_personal_data")
    list_select_related = ("user",)
    search_fields = ("user__username", "courses", "orgs")
    ordering = ("user__username",)
    fields = ("user", "is_restricted", "courses", "orgs", "sees_personal_data", "expires", "last_used")
    autocomplete_fields = ("user",)

    def get_readonly_fields(self, request, obj=None):
        return ("last_used",) if obj is None else ("user", "last_used")

    @admin.display(description="courses")
    def shown_courses(self, stored):
        return courses_text(stored)


class UsersAdmin(UserAdmin):
    inlines = (KeyAccessInline,)

    def get_inlines(self, request, obj):
        # The form for a new user has only a name and a password.
        return self.inlines if obj else ()


class KeyAdmin(TokenAdmin):
    """Lets keys be created and deleted. A lost key can only be replaced."""

    list_display = ("user", "shown_key", "created", "last_used")
    list_filter = ()
    list_select_related = ("user", "user__key_access")
    search_fields = ("user__username",)
    autocomplete_fields = ("user",)

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description="key")
    def shown_key(self, token):
        return f"{token.key[:SHOWN_CHARACTERS] if len(token.key) >= SHORT_KEY else ''}…"

    @admin.display(description="last used")
    def last_used(self, token):
        stored = getattr(token.user, "key_access", None)
        return stored and stored.last_used

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        messages.warning(request, f"The key of {obj.user} is {obj.key}. It is not shown again.")


for model, model_admin in ((User, UsersAdmin), (TokenProxy, KeyAdmin)):
    admin.site.unregister(model)
    admin.site.register(model, model_admin)
