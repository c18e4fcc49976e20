"""What topics and channels are called."""

from flask_babel import lazy_gettext

_ = lazy_gettext
TOPIC_NAMES = {
    "promo.own": _("News of mSewa's own services"),
    "promo.gov": _("News of government offices"),
    "promo.private": _("News of private companies"),
    "newsletter": _("The newsletter"),
    "digest": _("Monthly: who looked at your data"),
}
CHANNEL_NAMES = {"sms": _("SMS"), "email": _("E-mail")}
