"""All settings of every deployment; what differs comes from the environment, and is read only here."""

from pathlib import Path

import environ
import pghistory
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
# Demo mode: lifelike data, known passwords, and pages that say so. `make run` switches it on.
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not (DEBUG or DEMO or env.bool("BUILDING", default=False)):
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it in the environment, or run `make run` for a demonstration."
        )
    SECRET_KEY = "demonstration-only-not-a-secret-" + "0" * 32
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "crm.base",
    "crm.params",
    "crm.accounts",
    "crm.audit",
    "crm.jobs",
    "crm.outbox",
    "crm.intake",
    "crm.exports",
    "clients",
    "knowledge",
    "members",
    "scoring",
    "visits",
    "workbench",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "treebeard",
    "pgtrigger",
    "pghistory",
    "pgactivity",
    "pglock",
    "axes",
    "csp",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "crm.base.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.base.middleware.NulMiddleware",
    "crm.base.offline.QueueMiddleware",
    "crm.accounts.middleware.SignInRequiredMiddleware",
    "crm.audit.middleware.HistoryMiddleware",
    "crm.base.middleware.BusinessErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.base.context.shell",
            ],
        },
    },
]

FORM_RENDERER = "crm.base.widgets.Renderer"

# ---- Data stores: one database engine and one broker everywhere
_database = env.db("DATABASE_URL", default="postgresql://crm@127.0.0.1:5432/crm")
# A unix socket comes as libpq writes it: postgresql://user@/name?host=/directory
_database_options = _database.pop("OPTIONS", {})
# Pages stop what takes too long (crm.wsgi sets it); workers and commands may take their time.
_statement_timeout = env.int("STATEMENT_TIMEOUT_MS", default=0)
_database["HOST"] = _database_options.pop("host", _database["HOST"])
DATABASES = {
    "default": {
        **_database,
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            # The last: what waits to be entered into a search index, in kB; see crm.base.gathering.
            "options": f"-c TimeZone=UTC -c statement_timeout={_statement_timeout}"
            " -c gin_pending_list_limit=256",
            **_database_options,
        },
    }
}
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "crm.base.cache.HonestRedisCache",
        # The cache client speaks unix:// where the broker speaks redis+socket://.
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://").replace("?virtual_host=", "?db="),
        "KEY_PREFIX": "crm",
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DISABLE_SERVER_SIDE_CURSORS = True

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_ENABLE_UTC = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 450_000  # KiB
# A task that outlives this is delivered again: it must exceed the longest step.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600, "socket_timeout": 10}
CELERY_REDIS_SOCKET_TIMEOUT = 10
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2}
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_TASK_ROUTES = {
    "crm.intake.tasks.*": {"queue": "import"},
    "crm.exports.tasks.*": {"queue": "import"},
    "crm.jobs.tasks.*": {"queue": "nightly"},
    "scoring.tasks.*": {"queue": "import"},
}
CELERY_BEAT_SCHEDULE = {
    "night": {"task": "crm.jobs.tasks.start_night", "schedule": crontab(hour="0", minute="10")},
    "resume-nights": {"task": "crm.jobs.tasks.resume_nights", "schedule": 300.0},
    "deliver-outbox": {"task": "crm.outbox.tasks.deliver", "schedule": 30.0},
    "sweep-imports": {"task": "crm.intake.tasks.sweep", "schedule": 60.0},
    "watch-day": {"task": "visits.tasks.watch_day", "schedule": 300.0},
    "sweep-exports": {"task": "crm.exports.tasks.sweep", "schedule": 60.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = env.str(
    "CELERY_BEAT_SCHEDULE_FILENAME", default=str(BASE_DIR / "var" / "beat")
)

# Hosts inside the house that webhooks may call all the same, with http too.
WEBHOOK_ALLOWED_HOSTS = env.list("WEBHOOK_ALLOWED_HOSTS", default=[])

# ---- People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "crm.accounts.backends.StaffNumberOrRegisteredName",
]
AUTH_PASSWORD_VALIDATORS = (
    []
    if DEMO
    else [
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": 10},
        },
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    ]
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "workbench:today"
LOGOUT_REDIRECT_URL = "accounts:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "crm.accounts.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
# Further attempts while locked out do not prolong it: the sentence names a time that is kept.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "crm.accounts.backends.login_key"
AXES_CLIENT_IP_CALLABLE = "crm.accounts.backends.client_address"
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0)
AXES_VERBOSE = False

# ---- History: the past of one row is read by the row alone, its other keys are never looked up
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

# ---- Language, time, files
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "crm" / "base" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media")))
# Keys of VIP e-cards, `id:base64 of 32 bytes`, comma-separated: the first one issues, the others only verify.
# Without them a demonstration makes a file of its own; anything else issues no cards.
ECARD_KEYS = env.list("ECARD_KEYS", default=[])
ECARD_KEY_FILE = Path(env.str("ECARD_KEY_FILE", default=str(MEDIA_ROOT.parent / "ecard.keys")))
# The address under which people outside reach the product, for links in messages: https://crm.example.cn
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# ---- Safety
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "crm.base.views.csrf_failure"

# ---- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "crm.accounts.api_auth.SystemTokenAuthentication",
        "crm.accounts.api_auth.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["crm.accounts.api_auth.HasVerb", "crm.base.asking.AsksForKnown"],
    "DEFAULT_PAGINATION_CLASS": "crm.base.api.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "crm.base.api.answer_error",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["crm.base.parsers.ObjectParser"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", default="3000/min")},
    "NUM_PROXIES": env.int("PROXY_COUNT", default=0),
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False, "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Group-client CRM API",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "ClientStatus": "clients.choices.ClientStatus",
        "TraitKindEnum": "members.choices.TraitKind",
        "MergeKindEnum": "clients.choices.MergeKind",
        "AgreementType": "clients.choices.AgreementType",
        "CallChannel": "visits.choices.CallChannel",
        "CallKind": "visits.choices.CallKind",
        "CallResult": "visits.choices.CallResult",
        "CategoryEnum": "clients.choices.RevenueCategory",
        "ChannelEnum": "scoring.choices.CardChannel",
        "ChurnDisposition": "clients.choices.ChurnDisposition",
        "CircuitDisposition": "clients.choices.CircuitDisposition",
        "ConductChannel": "visits.choices.ConductChannel",
        "ConductKind": "visits.choices.ConductKind",
        "ContactKind": "members.choices.ContactKind",
        "EventMaterial": "visits.choices.EventMaterial",
        "GiftCallback": "visits.choices.GiftCallback",
        "HolidayKind": "visits.choices.HolidayKind",
        "InspectionResult": "visits.choices.InspectionResult",
        "Level": "clients.choices.Level",
        "LineKind": "members.choices.LineKind",
        "MeetingKind": "visits.choices.MeetingKind",
        "MemberType": "members.choices.MemberType",
        "OpinionKind": "visits.choices.OpinionKind",
        "Operator": "clients.choices.Operator",
        "PayMode": "clients.choices.PayMode",
        "PointKind": "scoring.choices.PointKind",
        "ProductLineKind": "clients.choices.ProductLineKind",
        "ProductStatus": "clients.choices.ProductStatus",
        "SiteCheck": "visits.choices.SiteCheck",
        "VipGrade": "members.choices.VipGrade",
        "SightingDisposition": "clients.choices.SightingDisposition",
        "SolutionCategory": "knowledge.choices.SolutionCategory",
        "SolutionState": "knowledge.choices.SolutionState",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "crm.base.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

SILENCED_SYSTEM_CHECKS: list[str] = []
