"""Settings of the portal. One module; what differs between places comes from the environment."""

import os
from datetime import timedelta
from pathlib import Path

import structlog
from csp.constants import NONCE, NONE, SELF

from portal import database, logs
from portal.env import ROOT, home, read, required, secret_key

HOME = home()
DEMO = read.bool("PORTAL_DEMO", default=False)
DEBUG = read.bool("DEBUG", default=False)
SECRET_KEY = secret_key(HOME)
ALLOWED_HOSTS = read.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = read.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE = read.bool("PORTAL_SECURE", default=not DEMO)
HOTLINE = read.str("PORTAL_HOTLINE", default="12393")
#: Who reckons the fund's share for institutions that are set so; empty: nobody.
CORE_URL = read.str("PORTAL_CORE_URL", default="")
CORE_KEY = read.str("PORTAL_CORE_KEY", default="")

#: How long the log of the tills' messages keeps what was said, and its lines (at least 7 and 90).
EXCHANGE_CONTENT_DAYS = read.int("PORTAL_EXCHANGE_CONTENT_DAYS", default=30)
EXCHANGE_DAYS = read.int("PORTAL_EXCHANGE_DAYS", default=400)

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_structlog",
    "ninja",
    "procrastinate.contrib.django",
    "accounts",
    "pooling.shared",
    "pooling.audit",
    "pooling.ledger",
    "pooling.notices",
    "pooling.policy",
    "pooling.kinship",
    "pooling.cases",
    "pooling.funds",
    "pooling.bindings",
    "pooling.settlements",
    "pooling.registry",
    "pooling.reports",
    "pooling.hospital",
    "pooling.counter",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.NothingKeptMiddleware",
    "portal.middleware.StaffSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "portal.refusals.RefusalMiddleware",
]
#: Machine calls pass these alone (`portal/wsgi.py`): no session, no cookie, no language guess.
MACHINE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "pooling.hospital.envelope.middleware",
]
MACHINE_PREFIXES = ("/api/v1/", "/hsa/", "/healthz", "/readyz")

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "portal.context.frame",
            ],
        },
    }
]

DATABASES = {"default": database.configuration(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
#: Members' door. The admin sends staff to theirs, `account_login` (`portal/admin.py`).
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = "portal.formats"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = HOME / "static"
#: What is printed is set in these; pages use the reader's own.
FONTS = ROOT / "portal" / "fonts"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

PORTAL_KEY_FILE = os.environ.get("PORTAL_KEY_FILE", str(HOME / "keys" / "root"))
FIELD_CIPHER = read.str("FIELD_CIPHER", default="SM4-GCM")

#: Pages of proof, encrypted; never below anything that is served (docs/operations.md).
UPLOADS = Path(read.str("PORTAL_UPLOADS", default=str(HOME / "uploads")))
#: Dotted path of a callable that gets a file's bytes and returns True where it is clean.
UPLOAD_SCANNER = read.str("UPLOAD_SCANNER", default="")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# Sign-in (ADR 0014).
ACCOUNT_ADAPTER = "portal.signin.Adapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"phone", "username"}
# Staff have no phone: were it required here, allauth would send them back to the door.
ACCOUNT_SIGNUP_FIELDS = ["phone", "username*", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "30/m/ip,3/m/key,20/d/key",
    "step_up": "3/m/key,20/d/key",
    "step_up_guess": "10/h/key",
}
ACCOUNT_FORMS = {
    "login": "portal.signin.StaffForm",
    "request_login_code": "portal.signin.PhoneForm",
    "confirm_login_code": "portal.signin.CodeForm",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ALLAUTH_TRUSTED_PROXY_COUNT = read.int("TRUSTED_PROXIES", default=0)
MFA_ADAPTER = "portal.signin.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp"]
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "portal.signin.SecondFactorForm",
    "reauthenticate": "portal.signin.SecondFactorAgainForm",
}
SMS_BACKEND = (
    read.str("SMS_BACKEND", default="portal.sms.DemoOutbox")
    if DEMO
    else required("SMS_BACKEND", because="it is the class that sends sign-in codes.")
)

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_USERNAME_CALLABLE = "portal.signin.name_tried"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_IPWARE_PROXY_COUNT = ALLAUTH_TRUSTED_PROXY_COUNT or None

# Sessions and what browsers may do.
SESSION_SERIALIZER = "portal.sessions.SealedJSON"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "portal.views.session_ended"
LANGUAGE_COOKIE_AGE = 365 * 86400
#: Staff: gone after 15 minutes without a request, and after 8 hours in any case.
STAFF_IDLE = timedelta(minutes=15)
STAFF_LONGEST = timedelta(hours=8)

SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 86400 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Preloading is a promise about the authority's whole domain, which is not ours to make.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

#: Shared by every worker: it counts attempts and remembers used codes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# One JSON object a line, by ids only: no names, numbers, phones, addresses or query strings.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Where it broke, never what the variables there held: those are people's data.
                structlog.processors.ExceptionRenderer(
                    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
                ),
                logs.without_personal_data,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": [], "propagate": False},
        "axes": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
    },
}
