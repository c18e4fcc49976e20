"""Notifications: messages to people, by SMS and mail, each in the person's own language.

How to add a message `<name>` (snake_case):

1. `templates/sms/<name>.txt`, `templates/mail/<name>.txt`, or both: one file, a Jinja text whose words are English msgids in `_()`,
   such as `{{ _("%(code)s is your code to join mSewa. Tell nobody.", code=code) }}`. It is rendered in the person's language, outside
   any request: only its variables are there. The first line of a mail is its subject. A text ends with one newline.
2. an entry in `data/dlt.yaml`: what it is for, its channels, its variables (only those of the list there: never a name, a service, an
   address or a number), and how long it is worth sending.
3. `notifications.operations.send("<name>", to=, channel="sms", language="pa", values={"code": ...}, now=, account_id=)` in the
   transaction of what it tells of. `to` is a mobile number as +91 and ten digits, or a mail address.
"""
