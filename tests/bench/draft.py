"""A demonstration citizen's birth certificate, filled over HTTP as far as the page before sending."""

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests.applications.samples import photo
from tests.served import Served
from tests.strict_client import Page

SERVICE = "/services/birth-certificate"
ANSWERS = {
    "date_of_event": "14/03/2026",
    "place_of_event": "Civil Hospital, Barnala",
    "mother_name": "Mandeep Kaur",
    "father_name": "Gursewak Singh",
    "gender": "female",
    "relation_to_beneficiary": "mother",
}


def ready_draft(served: Served, *, cookie: str) -> str:
    """Begin the application, answer every step, add its papers; return the address of its review."""
    path = send(served, SERVICE, "apply", cookie=cookie)
    while not path.endswith("/review"):
        following = send(served, path, "application", cookie=cookie)
        if following == path:
            raise RuntimeError(f"{path} leads nowhere")
        path = following
    return path


def send(served: Served, path: str, form: str, *, cookie: str) -> str:
    """Send a page's form as a browser would, known answers and a photo for each paper filled in; return where it leads."""
    page = Page(served.get(path, cookie=cookie)[1].decode())
    sent: MultiDict[str, object] = MultiDict(page.fields(form))
    for node in page.one(f"form-{form}").iter():
        name = node.get("name")
        if node.get("type") == "file":
            content, filename = photo()
            sent[name] = FileStorage(content, filename)
        elif name in ANSWERS and not sent.get(name):
            sent[name] = ANSWERS[name]
    boundary, body = encode_multipart(sent)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Cookie": cookie}
    response, _ = served.ask("POST", page.one(f"form-{form}").get("action") or path, body=body, headers=headers)
    if response.status != 303:
        raise RuntimeError(f"{path}: {response.status}")
    return response.headers["Location"]
