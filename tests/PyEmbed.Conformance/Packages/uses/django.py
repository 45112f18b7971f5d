"""A site on SQLite: migrations, the ORM, templates from an app's folder, the admin with its static files, a test client."""

import contextlib
import io
import sys
import types

import django
from django.conf import settings

settings.configure(
    DEBUG=False, SECRET_KEY="s", ROOT_URLCONF="site_urls", ALLOWED_HOSTS=["*"], USE_TZ=True, STATIC_URL="/static/", STATIC_ROOT="collected",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "site.db"}}, DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                    "django.contrib.messages", "django.contrib.staticfiles"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware", "django.middleware.locale.LocaleMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages"]}}],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"], LANGUAGES=[("en", "English"), ("de", "German")])
django.setup()

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path
from django.http import JsonResponse
from django.utils import timezone, translation

urls = sys.modules["site_urls"] = types.ModuleType("site_urls")
urls.urlpatterns = [path("admin/", admin.site.urls), path("json/<int:n>", lambda request, n: JsonResponse({"n": n}))]

call_command("migrate", verbosity=1, no_color=True)
call_command("showmigrations", no_color=True)
call_command("check")
with contextlib.redirect_stdout(io.StringIO()) as sql:
    call_command("sqlmigrate", "auth", "0001", no_color=True)
print(sql.getvalue()[:600])
print(sorted(connection.introspection.table_names()))

User.objects.create_superuser("admin", "a@example.org", "secret")
group = Group.objects.create(name="readers")
group.user_set.add(User.objects.get(username="admin"))
print(Group.objects.filter(user__username__startswith="ad").values_list("name", flat=True)[0], str(User.objects.filter(is_staff=True).query)[:80])

client = Client()
print(client.get("/json/7").json(), client.get("/nothing").status_code)
print(client.get("/admin/", follow=True).redirect_chain)
page = client.get("/admin/login/").content.decode()
print("Django administration" in page, 'name="username"' in page)
print(client.login(username="admin", password="secret"))
page = client.get("/admin/auth/user/").content.decode()
print(page.count("<tr"), "1 user" in page)
answer = client.post("/admin/auth/group/add/", {"name": "writers"}, follow=True)
print(answer.status_code, Group.objects.count())
page = client.get("/admin/auth/group/", HTTP_ACCEPT_LANGUAGE="de").content.decode()
print("Gruppe" in page)

print(len(list(finders.get_finders())), finders.find("admin/css/base.css") is not None)
call_command("collectstatic", interactive=False, verbosity=0)
import os
print(sum(len(files) for _, _, files in os.walk("collected")), os.path.getsize("collected/admin/css/base.css"))
print(render_to_string("registration/logged_out.html", {"site_header": "S"}).count("Log in again"))
print(engines["django"].from_string("{% load i18n static %}{% static 'x.css' %} {{ n|filesizeformat }}").render({"n": 2048}))
with translation.override("de"):
    print(translation.gettext("Yes"), timezone.datetime(2020, 1, 2).strftime("%d"), translation.get_language_info("de")["name_local"])
call_command("dumpdata", "auth.group", indent=1)
