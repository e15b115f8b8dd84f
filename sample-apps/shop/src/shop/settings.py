"""Django's settings. https://docs.djangoproject.com/en/5.2/ref/settings/"""

from shop.configuration import STATE, read_secret, read_settings

_settings = read_settings()

TITLE = _settings["shop"]["title"]
THEME = dict(_settings["theme"])

SECRET_KEY = read_secret()
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]


def _database(address: str) -> dict:
    if not address:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": STATE / "shop.sqlite3"}
    from psycopg.conninfo import conninfo_to_dict

    given = conninfo_to_dict(address)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    fields = {ours: str(given[theirs]) for ours, theirs in names.items() if theirs in given}
    return {"ENGINE": "django.db.backends.postgresql", **fields}


DATABASES = {"default": _database(_settings["shop"]["database"])}
