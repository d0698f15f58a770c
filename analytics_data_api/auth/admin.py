"""Users in Django's admin: one page has a user's key and its access. The whole key is shown once: when it is created."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from rest_framework.authtoken.models import Token, TokenProxy

from analytics_data_api.auth.models import KeyAccess
from analytics_data_api.auth.texts import courses_text

admin.site.site_header = admin.site.site_title = "Analytics Data API"

User = get_user_model()
# Enough characters to tell keys apart, too few to guess one.
SHOWN_CHARACTERS = 4
# The shown characters would be too large a part of a key that is shorter than this.
SHORT_KEY = 16
NEW, DELETE = "new", "delete"
# A new key also ends the old one.
PERMISSIONS = ("authtoken.add_tokenproxy", "authtoken.delete_tokenproxy")


def access_of(user):
    return getattr(user, "key_access", None) or KeyAccess()


class UserForm(UserChangeForm):
    key_action = forms.ChoiceField(
        label="Change the key",
        required=False,
        choices=[("", "No change"), (NEW, "Create a new key, which replaces the old one"), (DELETE, "Delete the key")],
        help_text="A new key is shown once, on the next page. A lost key can only be replaced.",
    )


class KeyAccessInline(admin.StackedInline):
    model = KeyAccess
    verbose_name_plural = "access of the key"
    readonly_fields = ("last_used",)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in ("courses", "orgs"):
            # One name on each line.
            kwargs["widget"] = forms.Textarea(attrs={"rows": 4, "cols": 70})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class UsersAdmin(UserAdmin):
    form = UserForm
    inlines = (KeyAccessInline,)
    readonly_fields = ("shown_key",)
    list_display = (
        "username",
        "shown_key",
        "courses",
        "personal_data",
        "expires",
        "last_used",
        "is_active",
        "is_staff",
    )
    list_filter = (*UserAdmin.list_filter, "key_access__is_restricted", "key_access__sees_personal_data")
    list_select_related = ("auth_token", "key_access")
    search_fields = (*UserAdmin.search_fields, "key_access__courses", "key_access__orgs")

    def get_inlines(self, request, obj):
        # The form for a new user has only a name and a password.
        return self.inlines if obj else ()

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        may_change = request.user.has_perms(PERMISSIONS) and self.has_change_permission(request, obj)
        fields = ("shown_key", "key_action") if may_change else ("shown_key",)
        # After the name and the password.
        return (fieldsets[0], ("API key", {"fields": fields}), *fieldsets[1:])

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        action = form.cleaned_data.get("key_action")
        # A request can contain the field even if the page does not.
        if not action or not request.user.has_perms(PERMISSIONS):
            return
        Token.objects.filter(user=obj).delete()
        if action == NEW:
            key = Token.objects.create(user=obj).key
            messages.warning(request, f"The key of {obj} is {key}. It is not shown again.")

    @admin.display(description="key")
    def shown_key(self, user):
        token = getattr(user, "auth_token", None)
        return token and f"{token.key[:SHOWN_CHARACTERS] if len(token.key) >= SHORT_KEY else ''}…"

    @admin.display(description="courses")
    def courses(self, user):
        return courses_text(access_of(user))

    @admin.display(description="personal data", boolean=True)
    def personal_data(self, user):
        return access_of(user).sees_personal_data

    @admin.display(description="expires", ordering="key_access__expires")
    def expires(self, user):
        return access_of(user).expires

    @admin.display(description="last used", ordering="key_access__last_used")
    def last_used(self, user):
        return access_of(user).last_used


admin.site.unregister((User, TokenProxy))
admin.site.register(User, UsersAdmin)
